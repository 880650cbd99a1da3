"""The text of a memory that is too long is cut where the limit is, and then accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service import strict_json

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "integrity.cut-text"
mode = "http"
LONGEST = 8000


def cut(body: bytes) -> Any:
    """Return the value in a body with its text cut."""
    value = strict_json.decode(body)
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        value["text"] = value["text"][:LONGEST]
    return value


def apply(parts: Parts) -> None:
    """Cut before the length is looked at."""
    parts.json_decoder = cut
