"""The answer to a wrong method carries the stack."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "errors.stack-trace"
mode = "http"
NOT_ALLOWED = 405


def change(answer: Answer) -> None:
    """Add the stack."""
    if answer.status == NOT_ALLOWED:
        answer.json = answer.json | {
            "detail": "Traceback (most recent call last):\n" + "".join(traceback.format_stack())
        }


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.middleware = (*parts.middleware, rewriting(change))
