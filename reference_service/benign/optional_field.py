"""Files have one more documented field, which is not always there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.benign._shared import documenting
from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

mode = "benign"
touches = ["contract", "drift", "deployment", "oracle", "exposure"]


def change(answer: Answer) -> None:
    """Add the language to every other file."""
    if "/files" not in answer.path or answer.status != 200:
        return
    content = answer.json
    for file in content.get("files", [content]):
        if int(file["file_id"].replace("-", ""), 16) % 2:
            file["language"] = "en"
    answer.json = content


def document(known: dict[str, Any]) -> None:
    """Say so."""
    known["components"]["schemas"]["FileDescription"]["properties"]["language"] = {"type": "string", "maxLength": 2}


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.middleware = (*parts.middleware, documenting(document), rewriting(change))
