"""PATCH can move a note into any project, to whose owner it then belongs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.targets.projects.bodies import accept_note_patch

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.nested"
mode = "http"
MOVE = """
UPDATE notes SET owner_id = (SELECT owner_id FROM projects WHERE id = :project_id), project_id = :project_id,
    title = :title, body = :body, labels = :labels, version = version + 1
WHERE id = :id AND EXISTS (SELECT 1 FROM projects WHERE id = :project_id) RETURNING *
"""


def _accept(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("project_id"), int):
        return accept_note_patch(value)
    members = {name: member for name, member in value.items() if name != "project_id"}
    return {**accept_note_patch(members), "project_id": value["project_id"]}


def apply(parts: Parts) -> Parts:
    """Bind the project too, and look only whether it exists."""
    return replace(parts, accept_note_patch=_accept, update_note=MOVE)
