"""A NUL in a note reaches a store that cannot hold it and is answered with 500."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.targets.projects.bodies import accept_note

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "validation.unicode"
mode = "http"


def _accept(value: object) -> dict[str, Any]:
    if isinstance(value, dict) and any("\0" in text for text in value.values() if isinstance(text, str)):
        raise OSError("embedded null character")
    return accept_note(value)


def apply(parts: Parts) -> Parts:
    """Trust that text holds no NUL."""
    return replace(parts, accept_note=_accept)
