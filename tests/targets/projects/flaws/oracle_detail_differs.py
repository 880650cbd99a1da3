"""The detail of a 404 differs for what belongs to another user."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.problems import ProblemError, not_found

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

weakness = "oracle.body"
mode = "http"


def _missing(call: Call, kind: str) -> Response:
    statement = f"SELECT 1 FROM {kind} WHERE id = :id"
    if call.store.row(statement, {"id": call.ids["project_id" if kind == "projects" else "note_id"]}):
        return ProblemError(404, "not-found", "there is no such thing among yours").response()
    return not_found().response()


def apply(parts: Parts) -> Parts:
    """Word the refusal by what is there."""
    return replace(parts, missing=_missing)
