"""An unknown route answers with a page of HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "errors.shape"
mode = "http"


def change(answer: Answer) -> None:
    """Make a page."""
    if b'"NOT_FOUND"' in answer.body:
        answer.body = b"<html><body><h1>404 Not Found</h1></body></html>"
        answer.headers["content-type"] = "text/html"


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.middleware = (*parts.middleware, rewriting(change))
