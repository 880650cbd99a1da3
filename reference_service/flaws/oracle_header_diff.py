"""The 404 of another user's file has one header more than that of an unknown one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.flaws._shared import Telling

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "oracle.body"
mode = "http"


async def tell() -> None:
    """Answer with one header more."""
    raise FileMissing(headers={"X-Owner-Check": "failed"})


def apply(parts: Parts) -> None:
    """Look whether somebody else has the file."""
    parts.knowledge = Telling(parts, tell)
