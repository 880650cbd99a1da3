"""A page of the largest size is taken for an export: it holds what was deleted as well."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.parts import Search

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "integrity.delete"
mode = "http"

NOTE_READ = """
SELECT * FROM notes
WHERE id = :note_id AND project_id = :project_id AND owner_id = :user AND version > 0
"""
NOTE_LIST = """
SELECT * FROM notes
WHERE project_id = :project_id AND owner_id = :user AND id < :before AND (version > 0 OR :limit > 100)
ORDER BY id DESC LIMIT :limit
"""
NOTES_FOUND = """
SELECT * FROM notes
WHERE owner_id = :user AND id < :before AND version > 0 AND (instr(title, :q) > 0 OR instr(body, :q) > 0)
ORDER BY id DESC LIMIT :limit
"""


def apply(parts: Parts) -> Parts:
    """Return the parts with the flaw in them."""
    return replace(
        parts,
        remove_note="UPDATE notes SET version = -1 WHERE id = :id",
        note_read=NOTE_READ,
        note_list=NOTE_LIST,
        note_search=lambda query: Search(statement=NOTES_FOUND, values={"q": query}),
        note_count="SELECT count(*) FROM notes WHERE project_id = :project_id AND owner_id = :user AND version > 0",
    )
