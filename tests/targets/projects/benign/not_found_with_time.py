"""Answers of 404 say which request it was and when, and nothing else that differs."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.targets.projects.problems import ProblemResponse, not_found

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts

mode = "benign"
touches = ["oracle", "isolation", "errors", "contract"]
MORE = """
        instance: {type: string}
        at: {type: string, format: date-time}"""


def missing(_call: Call, _kind: str) -> Response:
    """Answer with an identifier and a time."""
    content = json.loads(bytes(not_found().response().body))
    return ProblemResponse({**content, "instance": f"urn:request:{secrets.token_hex(8)}", "at": _now()}, 404)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def document(text: str) -> str:
    """Say that problems may have these."""
    before, problem, after = text.partition("    Problem:")
    return before + problem + after.replace("      properties:", f"      properties:{MORE}", 1)


def apply(parts: Parts) -> Parts:
    """Return the parts with another answer to what is missing."""
    return replace(parts, missing=missing, document=document)
