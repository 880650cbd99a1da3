"""The methods that an application knows for a path, for the `Allow` header of a 405 (RFC 9110, section 15.5.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Match

if TYPE_CHECKING:
    from starlette.requests import Request

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")


def allowed_methods(request: Request) -> str:
    """Return the value of `Allow`: Starlette itself names only the methods of the first route of a path."""
    return ", ".join(method for method in _METHODS if _offers(request, method))


def _offers(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
