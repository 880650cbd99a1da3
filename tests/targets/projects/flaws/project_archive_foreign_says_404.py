"""Archiving a project of somebody else is answered with 404, after it was archived."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.problems import not_found
from tests.targets.projects.statements import ARCHIVE_PROJECT

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

weakness = "isolation.action"
mode = "http"


def _missing(call: Call, _kind: str) -> Response:
    if call.operation == "project.archive":
        call.store.rows(ARCHIVE_PROJECT, {"id": call.ids["project_id"]})
    return not_found().response()


def apply(parts: Parts) -> Parts:
    """Act first, and look whose it is afterwards."""
    return replace(parts, missing=_missing)
