"""The answer to invalid input holds a stack trace."""

from __future__ import annotations

import traceback
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "errors.stack-trace"
mode = "http"


def _invalid(error: Exception) -> str:
    return "".join(traceback.format_exception(error))


def apply(parts: Parts) -> Parts:
    """Show callers what only a log should show."""
    return replace(parts, invalid=_invalid)
