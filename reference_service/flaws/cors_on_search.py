"""Any origin may search with credentials, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "cors.origin"
mode = "http"


def change(answer: Answer) -> None:
    """Change one kind of answer."""
    origin = answer.request_headers.get(b"origin", b"").decode("latin-1")
    if origin and answer.path.endswith("/search"):
        answer.status, answer.body = (204, b"") if answer.method == "OPTIONS" else (answer.status, answer.body)
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Allow-Credentials"] = "true"


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.perimeter = (*parts.perimeter, rewriting(change))
