"""Any user may delete any note, and is told 404."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.problems import not_found
from tests.targets.projects.statements import DELETE_NOTE

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

weakness = "isolation.delete"
mode = "http"


def _missing(call: Call, kind: str) -> Response:
    if call.operation == "note.delete" and kind == "notes":
        call.store.rows(DELETE_NOTE, {"id": call.ids["note_id"]})
    return not_found().response()


def apply(parts: Parts) -> Parts:
    """Delete first and look at the owner later."""
    return replace(parts, missing=_missing)
