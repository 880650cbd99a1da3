"""From the second page on, a search finds everybody's notes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.parts import Search

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.search"
mode = "http"

NOTES_FOUND = """
SELECT * FROM notes
WHERE (owner_id = :user OR :before < 4611686018427387904) AND id < :before
AND (instr(title, :q) > 0 OR instr(body, :q) > 0)
ORDER BY id DESC LIMIT :limit
"""


def _search(query: str) -> Search:
    return Search(statement=NOTES_FOUND, values={"q": query})


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(parts, note_search=_search)
