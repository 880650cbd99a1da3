"""Changing a note of another user answers 403, one that does not exist 404."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.problems import ProblemError, not_found

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

weakness = "oracle.status"
mode = "http"


def _missing(call: Call, kind: str) -> Response:
    if call.operation == "note.merge" and call.store.row("SELECT 1 FROM notes WHERE id = :note_id", call.values):
        return ProblemError(403, "forbidden", "this belongs to somebody else").response()
    return not_found().response()


def apply(parts: Parts) -> Parts:
    """Tell what is forbidden from what is not there, on one operation."""
    return replace(parts, missing=_missing)
