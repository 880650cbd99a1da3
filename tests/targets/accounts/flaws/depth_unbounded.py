"""A deeply nested body overflows the stack and is answered with 500."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.common.strict_json import parse

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "validation.depth"
mode = "http"


def _walk(value: object) -> None:
    for child in value if isinstance(value, list) else value.values() if isinstance(value, dict) else []:
        _walk(child)


def _read(data: bytes) -> object:
    try:
        value = json.loads(data)
    except ValueError:
        return parse(data)
    _walk(value)
    return parse(data)


def apply(parts: Parts) -> Parts:
    """Walk the body without a limit of depth."""
    return replace(parts, read_json=_read)
