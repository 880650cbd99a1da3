"""A deeply nested body overflows the stack and is answered with 500."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.projects.parts import read_json

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "validation.depth"
mode = "http"


def _walk(value: object) -> None:
    for child in value if isinstance(value, list) else value.values() if isinstance(value, dict) else []:
        _walk(child)


def _read(data: bytes) -> object:
    try:
        _walk(json.loads(data))
    except ValueError:
        return read_json(data)
    return read_json(data)


def apply(parts: Parts) -> Parts:
    """Walk the body without a limit of depth."""
    return replace(parts, read_json=_read)
