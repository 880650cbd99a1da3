"""NUL and lone surrogates reach what cannot take them, and the answer is 500."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "validation.unicode"
mode = "http"


def apply(parts: Parts) -> None:
    """Decode without looking at the characters."""
    parts.json_decoder = json.loads
