"""A search of bodies finds everybody's notes, for want of parentheses around OR."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.parts import Search

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.search"
mode = "http"

STATEMENT = """
SELECT * FROM notes WHERE id < :before AND owner_id = :user AND instr(title, :q) > 0 OR instr(body, :q) > 0
ORDER BY id DESC LIMIT :limit
"""


def _search(query: str) -> Search:
    return Search(statement=STATEMENT, values={"q": query})


def apply(parts: Parts) -> Parts:
    """Search with another statement."""
    return replace(parts, note_search=_search)
