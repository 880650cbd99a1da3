"""Responses name the server and the framework."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "errors.banner"
mode = "http"


def change(answer: Answer) -> None:
    """Change one kind of answer."""
    answer.headers["Server"] = "uvicorn"
    answer.headers["X-Powered-By"] = "FastAPI"


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.perimeter = (*parts.perimeter, rewriting(change))
