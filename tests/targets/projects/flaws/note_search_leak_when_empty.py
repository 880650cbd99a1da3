"""A search by somebody who has no note finds everybody's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.parts import Search

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.search"
mode = "http"

STATEMENT = """
SELECT * FROM notes
WHERE id < :before AND (instr(title, :q) > 0 OR instr(body, :q) > 0)
    AND (owner_id = :user OR NOT EXISTS (SELECT 1 FROM notes WHERE owner_id = :user))
ORDER BY id DESC LIMIT :limit
"""


def _search(query: str) -> Search:
    return Search(statement=STATEMENT, values={"q": query})


def apply(parts: Parts) -> Parts:
    """Search with another statement."""
    return replace(parts, note_search=_search)
