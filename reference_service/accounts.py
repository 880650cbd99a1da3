"""Anonymous sign-up: a new user id and a token for it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from reference_service.errors import LimitExceeded
from reference_service.limits import user_key
from reference_service.model import Bucket
from reference_service.schemas import AnonymousUser
from reference_service.tokens import mint

if TYPE_CHECKING:
    from reference_service.parts import Parts


class AnonymousAccounts:
    """Makes users that have no name, so many per address and so many in all."""

    def __init__(self, parts: Parts, secret: str) -> None:
        self.parts = parts
        self.secret = secret

    async def sign_up(self, address: str) -> AnonymousUser:
        """Make a new user; raise LimitExceeded."""
        settings = self.parts.settings
        buckets = [
            Bucket(key=f"sign-up:{user_key(address)}", tier=settings.sign_up_per_address),
            Bucket(key="sign-up", tier=settings.sign_up_total),
        ]
        allowances = await self.parts.limiter.take(buckets)
        if not all(allowance.allowed for allowance in allowances):
            raise LimitExceeded(max(allowances, key=lambda allowance: allowance.retry_after))
        user_id = str(uuid4())
        lifetime = settings.sign_up_token_seconds
        token = mint(settings, self.secret, user_id, "free", lifetime)
        return AnonymousUser(user_id=user_id, access_token=token, token_type="Bearer", expires_in=lifetime)  # noqa: S106
