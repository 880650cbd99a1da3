"""Schemas from values that were sent and answered, without the values: only harmless words are kept as examples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from harness.openapi.inference.words import words
from harness.openapi.sources.recorded import SECRET_WORDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

MOST_LEVELS = 20
MOST_ITEMS = 50
_LETTERS, _DIGITS = 30, 3  # more in one word of a name, and it is data
_NAME = re.compile(r"[A-Za-z_$@][\w.$@:-]{0,60}")
_WORD = re.compile(r"[a-z]{2,12}([_-][a-z]{1,12}){0,2}|[A-Z]{2,12}(_[A-Z]{1,12}){0,2}")
_PERSONAL = frozenset(
    {"user", "username", "login", "email", "mail", "phone", "address", "street", "city", "first", "last"}
)
_FORMATS = (
    ("uuid", re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)),
    ("date-time", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("email", re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")),
    ("uri", re.compile(r"https?://\S+")),
)


def is_ordinary(name: str) -> bool:
    """Whether a key names a field: data are sometimes keyed by addresses, identifiers or secrets."""
    longest = max((len(word) for word in re.findall(r"[A-Za-z0-9]+", name)), default=0)
    digits = sum(map(str.isdigit, name))
    return bool(_NAME.fullmatch(name)) and longest <= _LETTERS and digits <= _DIGITS and not re.search(r"@.+\.", name)


def answer_schema(values: Sequence[Any], level: int = 0) -> dict[str, Any]:
    """Return what some answers look like: names and lists, and nothing else that another answer could violate."""
    lists = [value for value in values if isinstance(value, list)]
    objects = [value for value in values if isinstance(value, dict)]
    if level > MOST_LEVELS or bool(lists) == bool(objects):
        return {}
    if lists:
        within = [item for value in lists for item in value[:MOST_ITEMS]]
        return {"type": ["array", "null"], "items": answer_schema(within, level + 1)}
    fields = {name: answer_schema(_of(objects, name), level + 1) for name in _names(objects)}
    return {"type": ["object", "null"], "properties": fields}


def body_schema(values: Sequence[Any], name: str = "", files: Collection[str] = (), level: int = 0) -> dict[str, Any]:
    """Return what some requests have sent, so that another one like them can be made."""
    present = [value for value in values if value is not None]
    if not present or level > MOST_LEVELS:
        return {}
    if all(isinstance(value, dict) for value in present):
        return _object(present, files, level)
    if all(isinstance(value, list) for value in present):
        within = [item for value in present for item in value[:MOST_ITEMS]]
        filled = {"minItems": 1} if within and all(present) else {}
        return {"type": "array", "items": body_schema(within, name, level=level + 1), **filled}
    return _scalar(present, name)


def _object(present: Sequence[dict[str, Any]], files: Collection[str], level: int) -> dict[str, Any]:
    names = _names(present)
    fields = {name: body_schema(_of(present, name), name, level=level + 1) for name in names}
    fields |= {name: {"type": "string", "format": "binary"} for name in names if name in files}
    required = [name for name in names if all(one.get(name) is not None or name in files for one in present)]
    return {"type": "object", "properties": fields, "required": required}


def _scalar(present: Sequence[Any], name: str) -> dict[str, Any]:
    is_secret = not SECRET_WORDS.isdisjoint(words(name))
    if all(isinstance(value, bool) for value in present):
        return {"type": "boolean", "default": present[0]}
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in present):
        kind = "integer" if all(isinstance(value, int) for value in present) else "number"
        return {"type": kind} if is_secret or name.lower().endswith("id") else {"type": kind, "default": present[0]}
    texts = [value for value in present if isinstance(value, str)]
    if len(texts) < len(present):
        return {}
    found = next((kind for kind, shape in _FORMATS if all(shape.fullmatch(text) for text in texts)), None)
    if found is not None:
        return {"type": "string", "format": found}
    is_personal = not _PERSONAL.isdisjoint(words(name))
    harmless = [text for text in texts if _WORD.fullmatch(text)] if not is_secret and not is_personal else []
    return {"type": "string", "example": harmless[0]} if len(harmless) == len(texts) else {"type": "string"}


def _names(objects: Iterable[dict[str, Any]]) -> list[str]:
    return [name for name in dict.fromkeys(name for one in objects for name in one) if is_ordinary(name)]


def _of(objects: Iterable[dict[str, Any]], name: str) -> list[Any]:
    return [one[name] for one in objects if name in one]
