"""RateLimit always says that the bucket is full, and X-RateLimit-Remaining is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "limits.headers"
mode = "http"


def change(answer: Answer) -> None:
    """Say that nothing was used."""
    limit = answer.headers.get("X-RateLimit-Limit")
    if limit is not None:
        answer.headers["RateLimit"] = f'"user";r={limit};t=0'


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.perimeter = (*parts.perimeter, rewriting(change))
