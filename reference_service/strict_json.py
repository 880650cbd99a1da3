"""JSON that means the same to everybody (RFC 8259): no NaN, duplicate keys, NUL or lone surrogates; bounded depth."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

MAX_DEPTH = 64


def decode(body: bytes) -> Any:
    """Return the value; raise json.JSONDecodeError for anything that parsers disagree about."""
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_float=_finite,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise _error(f"nested deeper than {MAX_DEPTH}") from None
    except UnicodeDecodeError:
        raise _error("not UTF-8") from None
    except ValueError:
        raise _error("number out of range") from None
    _check(value)
    return value


def _error(message: str) -> json.JSONDecodeError:
    return json.JSONDecodeError(message, "", 0)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _error("duplicate key")
    return members


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _error("number out of range")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise _error(f"{name} is not JSON")


def _check(value: Any) -> None:
    """Walk over the value without recursion, and refuse what it must not hold."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH + 1):
        deeper: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                check_text("".join(item))
                deeper += item.values()
            elif isinstance(item, list):
                deeper += item
            elif isinstance(item, str):
                check_text(item)
        if not deeper:
            return
        level = deeper
    raise _error(f"nested deeper than {MAX_DEPTH}")


def check_text(text: str) -> None:
    """Refuse what PostgreSQL cannot store as text."""
    if "\0" in text:
        raise _error("NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _error("lone surrogate") from None
