"""A deletion answers 200 with a body instead of 204."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "contract.status"
mode = "http"


def change(answer: Answer) -> None:
    """Change one kind of answer."""
    if answer.method == "DELETE" and answer.status == 204:
        answer.status, answer.json = 200, {"deleted": True}
        answer.headers["content-type"] = "application/json"
        answer.headers["content-length"] = "0"


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.middleware = (*parts.middleware, rewriting(change))
