"""Path templates from paths of real requests: which parts are identifiers, by shape or by what was answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from harness.openapi.inference.words import id_stem, singular, stem, words
from harness.openapi.sources.recorded import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.openapi.sources.recorded import Recorded

_SHAPES = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # UUID
    r"|(?=[a-f]*[0-9])[0-9a-f]{8,}"  # hexadecimal, such as an ObjectId or a digest
    r"|[0-9A-HJKMNP-TV-Z]{26}"  # ULID
    r"|(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_-]{12,}"  # a nanoid, a key, a prefixed identifier
    r"|[A-Za-z0-9_+/=-]{32,}",  # a token
    re.IGNORECASE,
)
_INTEGER = re.compile(r"-?[0-9]+")
_VERSION = re.compile(r"v?[0-9]+(\.[0-9]+)*", re.IGNORECASE)
_BEFORE_VERSION = frozenset({"api", "rest", "version", "v", ""})
_NAMES = frozenset({"username", "login"})
MOST_VALUES = 200_000


def identifiers(recorded: Iterable[Recorded]) -> frozenset[str]:
    """Return every value that an answer gives as an identifier or a user's name."""
    found: set[str] = set()
    for one in recorded:
        if one.location:
            found.add(unquote(one.location.partition("?")[0].rstrip("/").rpartition("/")[2]))
        stack: list[Any] = [one.answer] if one.answer is not MISSING else []
        while stack and len(found) < MOST_VALUES:
            node = stack.pop()
            if isinstance(node, dict):
                found |= {str(value) for key, value in node.items() if _is_identifier(key, value)}
            stack.extend(node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
    return frozenset(found)


def _is_identifier(key: str, value: Any) -> bool:
    if not isinstance(value, (str, int)) or isinstance(value, bool) or value == "":
        return False
    return id_stem(key) is not None or key.lower() in _NAMES


def template(path: str, known: frozenset[str]) -> str:
    """Return the path with a {name} for each part that is an identifier; parts that are variables already stay."""
    parts: list[str] = []
    taken: set[str] = set()
    for part in path.split("/"):
        before = parts[-1] if parts else ""
        if not part.startswith("{") and _is_variable(unquote(part), before, known):
            part = f"{{{_name(before, taken)}}}"  # noqa: PLW2901 -- the same part, unnamed before
        taken.add(part.strip("{}"))
        parts.append(part)
    return "/".join(parts)


def _is_variable(part: str, before: str, known: frozenset[str]) -> bool:
    if not part:
        return False
    if _INTEGER.fullmatch(part):
        return before.lower() not in _BEFORE_VERSION or part in known
    if "@" in part or _SHAPES.fullmatch(part):
        return True
    is_below_many = bool(words(before)) and singular(words(before)[-1]) != words(before)[-1] and "{" not in before
    has_digit = any(map(str.isdigit, part)) and not _VERSION.fullmatch(part)
    return (part in known and (has_digit or is_below_many)) or (has_digit and is_below_many)


def _name(before: str, taken: set[str]) -> str:
    thing = stem(before) if before and "{" not in before else ""
    name, number = f"{thing}_id" if thing else "id", 2
    while name in taken:
        name, number = f"{thing or 'id'}_{number}", number + 1
    return name
