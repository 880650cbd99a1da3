"""An answer 404 tells nothing of the quota that it has cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "limits.headers"
mode = "http"
NOT_FOUND = 404


def change(answer: Answer) -> None:
    """Leave the headers out."""
    if answer.status == NOT_FOUND:
        for name in [each for each in answer.headers if "ratelimit" in each]:
            del answer.headers[name]


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.perimeter = (*parts.perimeter, rewriting(change))
