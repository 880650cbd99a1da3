"""Origins are matched with a pattern that is made of the host, whose dots stand for any character."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reference_service.flaws._shared import Answer, rewriting

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "cors.origin"
mode = "http"


def change(answer: Answer) -> None:
    """Allow what fits."""
    origin, host = (answer.request_headers.get(name, b"").decode("latin-1") for name in (b"origin", b"host"))
    if re.fullmatch(f"https?://{host}", origin):
        answer.headers["access-control-allow-origin"] = origin
        answer.headers["access-control-allow-credentials"] = "true"


def apply(parts: Parts) -> None:
    """Add headers."""
    parts.middleware = (*parts.middleware, rewriting(change))
