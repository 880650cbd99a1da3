"""Which regular expressions of a document can be tried without risk: a hostile one may take for ever (CWE-1333)."""

from __future__ import annotations

import functools
import re
import re._parser as _sre  # type: ignore[import-not-found]
import warnings
from typing import Any

MAX_PATTERN = 1000
MAX_LOOPS = 3
MAX_CHECKED = 300


def pattern_problem(pattern: Any) -> str | None:
    """Return why a pattern cannot be used here, or None."""
    if not isinstance(pattern, str):
        return "expected a regular expression"
    return _problem(pattern) if len(pattern) <= MAX_PATTERN else "the regular expression is too long"


@functools.lru_cache(maxsize=4096)
def _problem(pattern: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
            loops = _loops(_sre.parse(pattern), within=False)
    except (re.error, OverflowError, RecursionError, ValueError):
        return "the regular expression is in a dialect that Python does not have"
    return None if loops <= MAX_LOOPS else "the regular expression could take for ever"


def _loops(node: Any, *, within: bool) -> int:
    """Count open-ended repetitions; one inside another, or a choice inside one, counts as too many."""
    total = 0
    for code, argument in node:
        name = str(code)
        if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            _, most, inner = argument
            is_loop = most > MAX_LOOPS * 100
            total += (MAX_LOOPS + 1 if within else 1) if is_loop else 0
            total += _loops(inner, within=within or is_loop)
        elif name == "BRANCH":
            total += MAX_LOOPS + 1 if within else sum(_loops(branch, within=within) for branch in argument[1])
        elif name in {"SUBPATTERN", "ASSERT", "ASSERT_NOT", "ATOMIC_GROUP", "GROUPREF_EXISTS"}:
            inner = argument[-1] if name != "ATOMIC_GROUP" else argument
            total += _loops(inner or [], within=within)
    return total
