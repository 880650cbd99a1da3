"""The identifier of the newest thing is given out again once that is deleted, as some databases do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.statements import INSERT_NOTE, INSERT_PROJECT

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

mode = "benign"
touches = ["isolation", "integrity", "oracle"]


def reusing(statement: str, table: str) -> str:
    """Return the statement with the next identifier after those that exist."""
    return statement.replace("(owner_id,", "(id, owner_id,", 1).replace(
        "VALUES (", f"VALUES ((SELECT coalesce(max(id), 0) + 1 FROM {table}), ", 1
    )


def apply(parts: Parts) -> Parts:
    """Return the parts with another choice of identifiers."""
    projects, notes = reusing(INSERT_PROJECT, "projects"), reusing(INSERT_NOTE, "notes")
    return replace(parts, insert_project=projects, insert_note=notes)
