"""The text of a search is pasted into its SQL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.parts import Search

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "injection.sql"
mode = "http"


def _search(query: str) -> Search:
    statement = (
        "SELECT * FROM notes WHERE owner_id = :user AND id < :before "
        f"AND (title LIKE '%{query}%' OR body LIKE '%{query}%') ORDER BY id DESC LIMIT :limit"
    )
    return Search(statement=statement, values={})


def apply(parts: Parts) -> Parts:
    """Build the statement from what the caller sent."""
    return replace(parts, note_search=_search)
