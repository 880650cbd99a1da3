"""The answer to an upload lacks its message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "contract.schema"
mode = "http"


def change(answer: Answer) -> None:
    """Change one kind of answer."""
    if answer.path.endswith("/upload") and answer.status == 202:
        answer.json = {name: value for name, value in answer.json.items() if name != "message"}


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.middleware = (*parts.middleware, rewriting(change))
