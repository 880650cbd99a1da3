"""A 404 carries an entity tag if the thing exists but belongs to another user."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.problems import not_found

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

weakness = "oracle.body"
mode = "http"


def _missing(call: Call, kind: str) -> Response:
    response = not_found().response()
    statement = f"SELECT version FROM {kind} WHERE id = :id"
    row = call.store.row(statement, {"id": call.ids["project_id" if kind == "projects" else "note_id"]})
    if row is not None:
        response.headers["ETag"] = f'"{row["version"]}"'
    return response


def apply(parts: Parts) -> Parts:
    """Set the entity tag before looking at the owner."""
    return replace(parts, missing=_missing)
