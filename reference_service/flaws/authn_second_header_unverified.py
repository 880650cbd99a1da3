"""Of two Authorization headers the first is verified, and the user is read from the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._divided import Divided

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "tokens.signature"
mode = "http"


def apply(parts: Parts) -> None:
    """Verify one header and believe another."""
    parts.authenticator = Divided(parts)
