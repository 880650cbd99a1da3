"""Changing a note can give it to another user."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.targets.projects.bodies import accept_note_patch

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "authorization.mass-assignment"
mode = "http"


def _accept(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("owner_id"), int):
        return accept_note_patch(value)
    members = {name: member for name, member in value.items() if name != "owner_id"}
    return {**accept_note_patch(members), "owner_id": value["owner_id"]}


def apply(parts: Parts) -> Parts:
    """Bind every member of the body, the owner too."""
    return replace(parts, accept_note_patch=_accept)
