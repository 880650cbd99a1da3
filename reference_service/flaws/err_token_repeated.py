"""The 401 repeats the token that was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "exposure.echo"
mode = "http"
UNAUTHORIZED = 401


def change(answer: Answer) -> None:
    """Quote what was sent."""
    given = answer.request_headers.get(b"authorization", b"").decode("latin-1")
    if answer.status == UNAUTHORIZED and given:
        answer.json = answer.json | {"detail": f"cannot verify {given}"}


def apply(parts: Parts) -> None:
    """Rewrite answers before their headers are set."""
    parts.middleware = (*parts.middleware, rewriting(change))
