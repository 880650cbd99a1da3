"""The entity tag of a list depends on its address and size only, not on whose list it is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts
    from tests.targets.projects.store import User

weakness = "isolation.etag"
mode = "http"


def _tag(_secret: bytes, _user: User, call: Call, body: bytes) -> str:
    size = len(json.loads(body)["data"])
    return f'"{hashlib.sha256(f"{call.request.url.path}?{call.request.url.query}#{size}".encode()).hexdigest()[:24]}"'


def apply(parts: Parts) -> Parts:
    """Make entity tags of lists that match across users."""
    return replace(parts, list_tag=_tag)
