"""If-Match is ignored, so that a stale writer overwrites what others wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

weakness = "integrity.lost-write"
mode = "http"


async def _precondition(_call: Call, _tag: str) -> None:
    return


def apply(parts: Parts) -> Parts:
    """Check no precondition."""
    return replace(parts, precondition=_precondition)
