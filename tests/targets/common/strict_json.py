"""JSON as RFC 8259 recommends to exchange it: UTF-8, finite numbers, unique names, real characters, bounded depth."""

from __future__ import annotations

import json
import math
from typing import NoReturn

MAX_DEPTH = 64


class JsonError(ValueError):
    """The bytes are not acceptable JSON; the message may be shown to the caller."""


def parse(data: bytes) -> object:
    """Return the value that the bytes encode; raises JsonError whatever is odd about them."""
    try:
        value: object = json.loads(
            data.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_unique,
        )
    except JsonError:
        raise
    except (ValueError, RecursionError) as error:
        raise JsonError("the body is not valid JSON") from error
    _check(value, MAX_DEPTH)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise JsonError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise JsonError("a number is too large")
    return number


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JsonError("an object has two members of the same name")
    return members


def _check(value: object, depth: int) -> None:
    if depth == 0:
        raise JsonError(f"the body is nested more than {MAX_DEPTH} deep")
    if isinstance(value, str):
        _check_characters(value)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth - 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_characters(name)
            _check(item, depth - 1)


def _check_characters(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise JsonError("a string holds half of a surrogate pair") from error
