"""A 429 to a POST has no Retry-After."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "limits.retry-after"
mode = "http"
LIMITED = 429


def change(answer: Answer) -> None:
    """Leave the header out."""
    if answer.status == LIMITED and answer.method == "POST":
        del answer.headers["Retry-After"]


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.perimeter = (*parts.perimeter, rewriting(change))
