"""The methods that an application knows for a path, for the `Allow` header of a 405 (RFC 9110, section 15.5.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Match, Mount, Route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request
    from starlette.routing import BaseRoute


def allowed_methods(routes: Iterable[BaseRoute], request: Request) -> str:
    """Return the value of `Allow`: Starlette itself names only the methods of the first route of a path."""
    return ", ".join(sorted(_methods(routes, dict(request.scope))))


def _methods(routes: Iterable[BaseRoute], scope: dict[str, object]) -> set[str]:
    found: set[str] = set()
    for route in routes:
        match, child = route.matches(scope)
        if match is Match.NONE:
            continue
        if isinstance(route, Mount):
            found |= _methods(route.routes, {**scope, **child})
        elif isinstance(route, Route):
            found |= route.methods or set()
    return found
