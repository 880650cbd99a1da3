"""Deeply nested JSON overflows the stack, and the answer is 500."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reference_service.errors import InternalError

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "validation.depth"
mode = "http"


def careless(body: bytes) -> Any:
    """Decode without a bound on the depth."""
    try:
        return json.loads(body)
    except RecursionError:
        raise InternalError from None


def apply(parts: Parts) -> None:
    """Decode without a bound."""
    parts.json_decoder = careless
