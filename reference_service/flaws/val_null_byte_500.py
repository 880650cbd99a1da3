"""NUL and lone surrogates reach what cannot take them, and the answer is 500."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reference_service import strict_json
from reference_service.errors import InternalError

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "validation.unicode"
mode = "http"


def careless(body: bytes) -> Any:
    """Decode without looking at the characters, which then overtax the next layer."""
    value = json.loads(body)
    try:
        strict_json.decode(body)
    except json.JSONDecodeError as error:
        if error.msg in {"NUL character", "lone surrogate"}:
            raise InternalError from None
    return value


def apply(parts: Parts) -> None:
    """Decode without looking."""
    parts.json_decoder = careless
