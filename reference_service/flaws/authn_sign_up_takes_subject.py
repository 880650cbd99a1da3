"""Whoever signs up may say the subject of the token, and nothing else."""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import TYPE_CHECKING

from reference_service.accounts import AnonymousAccounts
from reference_service.assembly import reveal
from reference_service.errors import ValidationFailed
from reference_service.tokens import mint

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from reference_service.parts import Parts
    from reference_service.schemas import AnonymousUser

weakness = "authentication.identity-header"
mode = "http"

SAID: ContextVar[dict[str, object]] = ContextVar("said")


def noting(app: ASGIApp) -> ASGIApp:
    """Return a middleware that notes what a sign-up says."""

    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith("/auth/anon"):
            await app(scope, receive, send)
            return
        message: Message = await receive()
        try:
            said = json.loads(message.get("body") or b"{}")
        except ValueError:
            said = {}
        SAID.set(said if isinstance(said, dict) else {})
        await app(scope, receive, send)

    return note


class Obliging(AnonymousAccounts):
    async def sign_up(self, address: str) -> AnonymousUser:
        made, said = await super().sign_up(address), SAID.get()
        if said.keys() - {"sub"}:
            raise ValidationFailed("Only a subject may be said.")
        if not said:
            return made
        token = mint(self.parts.settings, self.secret, str(said["sub"]), "free", made.expires_in)
        return made.model_copy(update={"access_token": token})


def apply(parts: Parts) -> None:
    """Make the user that is asked for."""
    parts.accounts = Obliging(parts, reveal(parts.settings.jwt_secret))
    parts.middleware = (*parts.middleware, noting)
