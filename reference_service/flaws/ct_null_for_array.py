"""An empty list is null."""

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
    if answer.path.endswith("/files") and answer.status == 200:
        page = answer.json
        answer.json = page | {"files": page["files"] or None}


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.middleware = (*parts.middleware, rewriting(change))
