"""Answers have entity tags of their user: nobody else's are confirmed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from reference_service.benign._shared import documenting, operations
from reference_service.flaws._shared import rewriting

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

mode = "benign"
touches = ["isolation", "oracle", "caching", "contract"]


def change(answer: Answer) -> None:
    """Tag what was read, and say 304 to whoever has it."""
    if answer.method != "GET" or answer.status != 200 or not answer.path.startswith("/api/"):
        return
    tag = f'W/"{hashlib.sha256(answer.request_headers.get(b"authorization", b"") + answer.body).hexdigest()[:24]}"'
    answer.headers["ETag"] = tag
    if answer.request_headers.get(b"if-none-match", b"").decode() == tag:
        answer.status, answer.body = 304, b""
        del answer.headers["content-type"], answer.headers["content-length"]


def document(known: dict[str, Any]) -> None:
    """Say that an answer may be 304."""
    for operation in operations(known):
        if "200" in operation["responses"]:
            operation["responses"]["304"] = {"description": "The caller has it already."}


def apply(parts: Parts) -> None:
    """Rewrite answers on their way out."""
    parts.middleware = (*parts.middleware, documenting(document), rewriting(change))
