"""What a change saves is the note that its body names; whose it is was asked of the note in the path."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.targets.projects.bodies import accept_note_patch

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.identifier"
mode = "http"


def _accept(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("id"), int):
        return accept_note_patch(value)
    members = {name: member for name, member in value.items() if name != "id"}
    return {**accept_note_patch(members), "id": value["id"]}


def apply(parts: Parts) -> Parts:
    """Bind every member of the body, the identifier too."""
    return replace(parts, accept_note_patch=_accept)
