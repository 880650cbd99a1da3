"""The whole table of forgeries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.tokens.claims import CLAIMS
from harness.tokens.headers import HEADERS
from harness.tokens.shapes import SHAPES
from harness.tokens.signatures import SIGNATURES

if TYPE_CHECKING:
    from harness.tokens.material import Forgery

FORGERIES: tuple[Forgery, ...] = (*SHAPES, *SIGNATURES, *CLAIMS, *HEADERS)
"""Every forgery; each differs from the valid token in one thing, and no correct verifier accepts any."""


def forgeries_of(*weaknesses: str) -> tuple[Forgery, ...]:
    """Return the forgeries for these weaknesses; raises ValueError for a weakness that has none."""
    unknown = set(weaknesses) - {forgery.weakness for forgery in FORGERIES}
    if unknown:
        message = f"no forgery for {', '.join(sorted(unknown))}"
        raise ValueError(message)
    return tuple(forgery for forgery in FORGERIES if forgery.weakness in weaknesses)
