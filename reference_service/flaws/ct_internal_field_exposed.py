"""The description of a file shows where it is stored and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "contract.internal-field"
mode = "http"


def change(answer: Answer) -> None:
    """Change one kind of answer."""
    if answer.path.endswith("/files") and answer.status == 200:
        page = answer.json
        inside = {"storage_path": "/srv/bodies", "user_id": "internal", "key_id": "k1"}
        answer.json = page | {"files": [file | inside for file in page["files"]]}


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.middleware = (*parts.middleware, rewriting(change))
