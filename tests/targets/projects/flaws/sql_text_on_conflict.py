"""The answer to a name that is taken holds the SQL and the name of the driver."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.problems import ProblemError
from tests.targets.projects.statements import INSERT_PROJECT

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "errors.sql"
mode = "http"


def _name_taken(_name: str) -> ProblemError:
    detail = (
        f"(sqlite3.IntegrityError) UNIQUE constraint failed: projects.owner_id, projects.name [SQL: {INSERT_PROJECT}]"
    )
    return ProblemError(409, "name-taken", detail)


def apply(parts: Parts) -> Parts:
    """Show callers the text of the database's error."""
    return replace(parts, name_taken=_name_taken)
