"""The list of files is sent as text/plain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "contract.content-type"
mode = "http"


def change(answer: Answer) -> None:
    """Change one kind of answer."""
    if answer.path.endswith("/files"):
        answer.headers["content-type"] = "text/plain; charset=utf-8"


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.middleware = (*parts.middleware, rewriting(change))
