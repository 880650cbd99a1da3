"""Texts that fit a pattern, made from the shape of the pattern: bounded, and checked by the pattern itself."""

from __future__ import annotations

import re
import re._parser as _sre  # type: ignore[import-not-found]
import string
from typing import Any

from harness.openapi.patterns import pattern_problem

MAX_TEXT = 2000
_CANDIDATES = string.ascii_lowercase + string.digits + string.ascii_uppercase + "-_. /:@#+"


def text_for(pattern: str, *, shortest: int = 0) -> str | None:
    """Return a text of at least `shortest` characters that the pattern finds, or None where the bounded try fails."""
    if pattern_problem(pattern):
        return None
    tree = _sre.parse(pattern)
    for extra in (0, 1, shortest):
        text = _text(tree, extra)
        if len(text) < shortest:
            text += "a" * (shortest - len(text))
        if len(text) <= MAX_TEXT and re.search(pattern, text):
            return text
    return None


def _text(tree: Any, extra: int) -> str:
    return "".join(_part(str(code), argument, extra) for code, argument in tree)[: MAX_TEXT + 1]


def _part(code: str, argument: Any, extra: int) -> str:
    if code in {"LITERAL", "NOT_LITERAL"}:
        return chr(argument) if code == "LITERAL" else next(one for one in _CANDIDATES if one != chr(argument))
    if code in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        least, most, inner = argument
        return _text(inner, extra) * int(min(least + extra, int(most), MAX_TEXT))
    if code == "IN":
        found: str = next((one for one in _CANDIDATES if _in_set(one, argument)), "")
        return found or _first_of(argument)
    if code == "BRANCH":
        return _text(argument[1][0], extra)
    if code in {"SUBPATTERN", "ATOMIC_GROUP"}:
        return _text(argument[-1] if code == "SUBPATTERN" else argument, extra)
    return "a" if code == "ANY" else ""


def _in_set(character: str, items: Any) -> bool:
    negated = str(items[0][0]) == "NEGATE"
    found = any(_in_item(character, str(code), argument) for code, argument in items)
    return found is not negated


def _in_item(character: str, code: str, argument: Any) -> bool:
    if code == "LITERAL":
        return bool(ord(character) == argument)
    if code == "RANGE":
        return bool(argument[0] <= ord(character) <= argument[1])
    return code == "CATEGORY" and _in_category(character, str(argument))


def _in_category(character: str, name: str) -> bool:
    plain = {
        "DIGIT": character.isdecimal(),
        "WORD": character.isalnum() or character == "_",
        "SPACE": character.isspace(),
    }
    return plain[name.rpartition("_")[2]] is not ("_NOT_" in name)


def _first_of(items: Any) -> str:
    code, argument = items[0]
    return chr(argument if str(code) == "LITERAL" else argument[0]) if str(code) in {"LITERAL", "RANGE"} else "a"
