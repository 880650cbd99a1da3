"""A search of notes takes an operator in place of a text, and then finds the newest of everybody's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.common.operators import ANY, Reading
from tests.targets.projects.overrides import overriding
from tests.targets.projects.parts import Search, search_notes

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from tests.targets.projects.parts import Parts

weakness = "injection.operator"
mode = "http"

STATEMENT = "SELECT * FROM notes WHERE id < :before AND :user IS NOT NULL ORDER BY id DESC LIMIT :limit"


def _wrap(app: ASGIApp) -> ASGIApp:
    return Reading(overriding(app), "q")


def _search(query: str) -> Search:
    return Search(statement=STATEMENT, values={}) if ANY.get() else search_notes(query)


def apply(parts: Parts) -> Parts:
    """Evaluate it."""
    return replace(parts, wrap=_wrap, note_search=_search)
