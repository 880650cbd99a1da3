"""What is unknown, foreign or deleted is answered 403 alike, as documented."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.problems import ProblemError

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

mode = "benign"


def missing(_call: Call, _kind: str) -> Response:
    """Answer alike."""
    return ProblemError(403, "forbidden", "there is no such thing here, or it is not yours").response()


def document(text: str) -> str:
    """Say so, wherever a 404 is promised: the identifiers may also be none at all."""
    known = "        '404': {$ref: '#/components/responses/NotFound'}\n"
    return text.replace(known, known.replace("404", "403") + known)


def apply(parts: Parts) -> Parts:
    """Return the parts with another answer to what is missing."""
    return replace(parts, missing=missing, document=document)
