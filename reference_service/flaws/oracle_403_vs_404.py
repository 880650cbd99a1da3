"""Another user's file answers 403, an unknown one 404."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import ServiceError
from reference_service.flaws._shared import Telling

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "oracle.status"
mode = "http"


class Forbidden(ServiceError):
    status = 403
    code = "FORBIDDEN"
    default_detail = "The file belongs to somebody else."
    default_suggestion = "Ask its owner."


async def tell() -> None:
    """Answer with another status."""
    raise Forbidden


def apply(parts: Parts) -> None:
    """Look whether somebody else has the file."""
    parts.knowledge = Telling(parts, tell)
