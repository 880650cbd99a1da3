"""Tokens signed as the issuer of the service would."""

from __future__ import annotations

import dataclasses
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.tokens import mint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.issuer import SigningKey
    from harness.model import Secret
    from harness.scenario.schema import Minted


@dataclass(frozen=True, kw_only=True)
class Minter:
    """Signs tokens as the service's own issuer would."""

    spec: Minted
    key: Secret
    key_id: str | None = None

    def signing_with(self, key: SigningKey) -> Minter:
        """Return a minter of the same tokens that signs with a key of an issuer."""
        return dataclasses.replace(self, key=key.private, key_id=key.key_id)

    def claims(
        self, subject: str, extra: Mapping[str, Any] | None = None, *, now: float | None = None
    ) -> dict[str, Any]:
        """Return the claims of a valid token for `subject`: template, times, then `extra`."""
        at = int(time.time() if now is None else now)
        template = requests.render(
            self.spec.claims, {"user": subject, "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, subject))}
        )
        return {**template, "iat": at, "exp": at + self.spec.lifetime, **(extra or {})}

    def sign(self, claims: Mapping[str, Any], header: Mapping[str, Any] | None = None) -> str:
        """Return a compact JWS with the declared algorithm."""
        key_id = self.key_id or self.spec.key_id
        head = {
            "typ": "JWT",
            "alg": self.spec.algorithm,
            **({"kid": key_id} if key_id else {}),
            **(header or {}),
        }
        return mint(claims, head, self.key.value, self.spec.algorithm)
