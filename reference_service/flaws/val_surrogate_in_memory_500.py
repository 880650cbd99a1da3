"""A lone surrogate in a memory breaks the service."""

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
    """Decode without looking at surrogates in texts to remember."""
    try:
        return strict_json.decode(body)
    except json.JSONDecodeError as error:
        if error.msg == "lone surrogate" and b'"text"' in body:
            raise InternalError from None
        raise


def apply(parts: Parts) -> None:
    """Break."""
    parts.json_decoder = careless
