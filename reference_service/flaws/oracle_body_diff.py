"""The 404 of another user's file says something else than that of an unknown one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.flaws._shared import Telling

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "oracle.body"
mode = "http"


async def tell() -> None:
    """Answer with other words."""
    raise FileMissing("There is no such object in your account.")


def apply(parts: Parts) -> None:
    """Look whether somebody else has the file."""
    parts.knowledge = Telling(parts, tell)
