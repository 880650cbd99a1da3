"""An authenticator that is of two minds about two credentials."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import jwt

from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Principal

TWO = 2


class Divided(BearerAuthenticator):
    """Of two Authorization headers the first is verified, and the user is read from the last."""

    async def authenticate(self, request: Request, operation: str) -> Principal:
        """Return who the last one names."""
        values = request.headers.getlist("authorization")
        if len(values) < TWO:
            return await super().authenticate(request, operation)
        principal = await self.parts.token_verifier.verify(values[0].removeprefix("Bearer "))
        try:
            claims = jwt.decode(values[-1].removeprefix("Bearer "), options={"verify_signature": False})
        except jwt.InvalidTokenError:
            return principal
        return replace(principal, user_id=str(claims.get("sub", principal.user_id)))
