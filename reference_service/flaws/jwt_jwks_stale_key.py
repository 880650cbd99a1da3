"""A key that was rotated out stays accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.tokens import KeySetVerifier

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "tokens.stale-key"
mode = "grey"
needs = "key-set"


class Lax(KeySetVerifier):
    async def refresh(self, seen: float) -> None:
        known = self.keys
        await super().refresh(seen)
        self.keys = {**known, **self.keys}


def apply(parts: Parts) -> None:
    """Weaken the verifier of published keys."""
    parts.token_verifier = Lax(parts.settings)
