"""A request whose Host header says localhost needs no token: it cannot have come from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Forgetful

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "authentication.missing"
mode = "http"


def local(request: Request, _: str) -> bool:
    """Say whether a request claims to be local."""
    return request.headers.get("host", "").partition(":")[0].lower() == "localhost"


def apply(parts: Parts) -> None:
    """Let in who claims to be local."""
    parts.authenticator = Forgetful(parts, local)
