"""Which operation a concrete request belongs to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.model import Operation

_VARIABLE = re.compile(r"(\{[^}/]*\})")


def match(operations: Iterable[Operation], method: str, target: str) -> Operation | None:
    """Return the operation of a request line, or None; where several fit, the one with the earliest concrete segments.

    `target` is path and query as sent. HEAD belongs to GET where the document has no HEAD.
    """
    path = target.partition("?")[0].partition("#")[0]
    fitting = [one for one in operations if one.method in {method.upper(), _stand_in(method)} and fits(one.path, path)]
    return min(fitting, key=lambda one: (one.method != method.upper(), _rank(one.path)), default=None)


def fits(template: str, path: str) -> bool:
    """Whether a concrete path is one of a template ("/notes/{id}"); a variable is at least one character, never "/"."""
    segments, found = template.split("/"), path.split("/")
    return len(segments) == len(found) and all(_segment_fits(*pair) for pair in zip(segments, found, strict=True))


def _segment_fits(segment: str, found: str) -> bool:
    if "{" not in segment:
        return segment == found
    parts = ("[^/]+" if part.startswith("{") else re.escape(part) for part in _VARIABLE.split(segment) if part)
    # Two variables in one segment are rare and short; more would only slow this down.
    return bool(found) if _VARIABLE.fullmatch(segment) else re.fullmatch("".join(parts), found[:500]) is not None


def _rank(template: str) -> tuple[bool, ...]:
    return tuple("{" in segment for segment in template.split("/"))


def _stand_in(method: str) -> str:
    return "GET" if method.upper() == "HEAD" else method.upper()
