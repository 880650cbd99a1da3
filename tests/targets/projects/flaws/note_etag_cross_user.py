"""Whoever knows the entity tag of a foreign note is told 304 instead of 404."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.responses import Response

from tests.targets.projects.problems import not_found
from tests.targets.projects.statements import NOTE_UNCHECKED
from tests.targets.projects.store import User
from tests.targets.projects.tags import matches, row_tag

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

weakness = "isolation.etag"
mode = "http"


def _missing(call: Call, kind: str) -> Response:
    row = call.store.row(NOTE_UNCHECKED, call.values) if call.operation == "note.read" and kind == "notes" else None
    if row is not None:
        tag = row_tag(call.secret, User(id=row["owner_id"], name=""), kind, row)
        if matches(call, tag):
            return Response(status_code=304, headers={"ETag": tag})
    return not_found().response()


def apply(parts: Parts) -> Parts:
    """Compare entity tags before the owner."""
    return replace(parts, missing=_missing)
