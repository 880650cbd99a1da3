"""A refusal of the limiter has no request id in its body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "errors.shape"
mode = "http"
LIMITED = 429


def change(answer: Answer) -> None:
    """Drop the field."""
    if answer.status == LIMITED:
        answer.json = {name: value for name, value in answer.json.items() if name != "request_id"}


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.middleware = (*parts.middleware, rewriting(change))
