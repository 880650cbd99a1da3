"""Whoever signs up may say which user to be: a proxy is trusted to have looked."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from reference_service.accounts import AnonymousAccounts
from reference_service.assembly import reveal
from reference_service.tokens import mint

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts
    from reference_service.schemas import AnonymousUser

weakness = "authentication.identity-header"
mode = "http"

NAMED: ContextVar[str] = ContextVar("named", default="")


def noting(app: ASGIApp) -> ASGIApp:
    """Return a middleware that notes which user a request names."""

    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            NAMED.set(dict(scope["headers"]).get(b"x-user-id", b"").decode("latin-1"))
        await app(scope, receive, send)

    return note


class Obliging(AnonymousAccounts):
    async def sign_up(self, address: str) -> AnonymousUser:
        made, user_id = await super().sign_up(address), NAMED.get()
        if not user_id:
            return made
        token = mint(self.parts.settings, self.secret, user_id, "free", made.expires_in)
        return made.model_copy(update={"user_id": user_id, "access_token": token})


def apply(parts: Parts) -> None:
    """Make the user that is asked for."""
    parts.accounts = Obliging(parts, reveal(parts.settings.jwt_secret))
    parts.middleware = (*parts.middleware, noting)
