"""What every route is handed: the parts, the state, and who is logged in."""

# ruff: noqa: TC001  (FastAPI reads the annotations at run time)

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request, Response, Security
from fastapi.responses import JSONResponse
from fastapi.security import APIKeyCookie

from tests.targets.accounts.errors import forbidden, unauthenticated
from tests.targets.accounts.parts import Parts
from tests.targets.accounts.passwords import Lockout
from tests.targets.accounts.schemas import ErrorBody
from tests.targets.accounts.state import Account, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeVar

    T = TypeVar("T")

COOKIE = "session"

_DESCRIPTIONS = {
    401: "Not logged in, or not as whoever this is",
    403: "Not allowed",
    404: "Unknown, deleted, or not for you",
    409: "The name is taken",
    413: "The body is too large",
    422: "The input is not acceptable",
    429: "Too many bad passwords",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One running service."""

    parts: Parts
    state: State
    lockout: Lockout

    def private(self, content: Any, status: int = 200) -> Response:
        """Return an answer that no cache may keep."""
        return JSONResponse(content, status, dict(self.parts.private_headers))

    def emptied(self) -> Response:
        """Return an answer without a body."""
        return Response(status_code=204, headers=dict(self.parts.private_headers))


async def get_service(request: Request) -> Service:
    """Return the service that the application was built with."""
    service: Service = request.app.state.service
    return service


Serving = Annotated[Service, Depends(get_service)]
Token = Annotated[str | None, Security(APIKeyCookie(name=COOKIE, scheme_name="session", auto_error=False))]


async def anybody(request: Request, service: Serving, token: Token) -> Account | None:
    """Return who is logged in, if anybody is."""
    return await service.parts.authenticate(service.state, request, token)


Visitor = Annotated[Account | None, Depends(anybody)]


async def somebody(visitor: Visitor) -> Account:
    """Return who is logged in; raises ApiError (401)."""
    if visitor is None:
        raise unauthenticated()
    return visitor


Caller = Annotated[Account, Depends(somebody)]


def allow(permitted: bool) -> None:
    """Raise ApiError (403) unless the caller's role allows what is asked."""
    if not permitted:
        raise forbidden()


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of error answers for the document."""
    return {status: {"model": ErrorBody, "description": _DESCRIPTIONS[status]} for status in statuses}


def page(found: Sequence[T], number: int, size: int, show: Callable[[T], Mapping[str, Any]]) -> dict[str, Any]:
    """Return one page's entries and where it stands."""
    start = (number - 1) * size
    return {
        "entries": [show(entry) for entry in found[start : start + size]],
        "page": number,
        "per_page": size,
        "total": len(found),
        "pages": -(-len(found) // size),
    }
