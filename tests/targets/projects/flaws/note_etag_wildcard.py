"""`If-None-Match: *` is answered 304 for any note that exists, whosever it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.responses import Response

from tests.targets.projects.problems import not_found
from tests.targets.projects.statements import NOTE_UNCHECKED

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

weakness = "isolation.etag"
mode = "http"


def _missing(call: Call, kind: str) -> Response:
    wildcard = call.request.headers.get("if-none-match", "").strip() == "*"
    if kind == "notes" and wildcard and call.store.row(NOTE_UNCHECKED, call.values) is not None:
        return Response(status_code=304)
    return not_found().response()


def apply(parts: Parts) -> Parts:
    """Answer the condition first."""
    return replace(parts, missing=_missing)
