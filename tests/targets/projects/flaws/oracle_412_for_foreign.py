"""If-Match is compared before anybody asks whose the note is, so a foreign one fails the precondition."""

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
    conditional = "if-match" in call.request.headers and kind == "notes"
    if conditional and call.store.row("SELECT 1 FROM notes WHERE id = :note_id", call.values):
        return ProblemError(412, "precondition-failed", "the representation has changed since it was read").response()
    return not_found().response()


def apply(parts: Parts) -> Parts:
    """Fail the precondition of what is not the caller's."""
    return replace(parts, missing=_missing)
