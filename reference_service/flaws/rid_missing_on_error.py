"""Errors have no X-Request-ID."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "tracing.missing"
mode = "http"


def change(answer: Answer) -> None:
    """Change one kind of answer."""
    if answer.status >= 400 and "x-request-id" in answer.headers:
        del answer.headers["x-request-id"]


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.perimeter = (*parts.perimeter, rewriting(change))
