"""The answer to a bad cursor holds a stack trace."""

from __future__ import annotations

import traceback
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.cursors import SignedCursors
from tests.targets.projects.problems import ProblemError

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts
    from tests.targets.projects.store import User

weakness = "errors.stack-trace"
mode = "http"


class _TalkativeCursors(SignedCursors):
    def open(self, user: User, scope: str, cursor: str) -> tuple[int, int]:
        try:
            return super().open(user, scope, cursor)
        except ProblemError as problem:
            raise ProblemError(problem.status, problem.kind, traceback.format_exc()) from problem


def apply(parts: Parts) -> Parts:
    """Show callers what only a log should show."""
    return replace(parts, cursors=_TalkativeCursors)
