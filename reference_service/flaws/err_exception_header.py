"""A header of every error names the exception and the line of code that raised it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "errors.stack-trace"
mode = "http"
FAILURE = 400


def change(answer: Answer) -> None:
    """Add the header."""
    if answer.status >= FAILURE:
        answer.headers["X-Debug"] = 'File "/srv/app/reference_service/web/guard.py", line 68, in guarded: ServiceError'


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.middleware = (*parts.middleware, rewriting(change))
