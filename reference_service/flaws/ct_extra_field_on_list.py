"""Every file of a list names its owner and the key it is sealed with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "contract.internal-field"
mode = "http"
SUCCESS = 200


def change(answer: Answer) -> None:
    """Add the fields."""
    if answer.path.endswith("/knowledge/files") and answer.status == SUCCESS:
        page = answer.json
        answer.json = page | {"files": [file | {"key_id": "k1", "storage_path": "bodies/1"} for file in page["files"]]}


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.middleware = (*parts.middleware, rewriting(change))
