"""While the published keys cannot be had, no signature is verified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.errors import DependencyDown
from reference_service.flaws._shared import Forgivable
from reference_service.tokens import KeySetVerifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_service.parts import Parts

weakness = "tokens.jwks-down"
mode = "grey"
needs = "key-set"


class Lax(KeySetVerifier):
    async def claims(self, token: str) -> Mapping[str, Any]:
        try:
            return await super().claims(token)
        except DependencyDown:
            return Forgivable(self.settings, "").unsigned(token)


def apply(parts: Parts) -> None:
    """Weaken the verifier of published keys."""
    parts.token_verifier = Lax(parts.settings)
