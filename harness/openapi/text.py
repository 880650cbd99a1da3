"""From text to plain values, with bounds that hold against hostile documents, and the lines of operations."""

from __future__ import annotations

import bisect
import json
import re
from typing import TYPE_CHECKING, Any

import yaml

from harness.errors import ConfigurationError
from harness.openapi.yaml_values import yaml_values

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_JSON = 40_000_000
MAX_YAML = 12_000_000
MAX_DEPTH = 100
MAX_VALUES = 3_000_000
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
Lines = dict[tuple[str, str], int]


def read_values(text: str, *, where: str) -> tuple[Any, Lines]:
    """Return what a JSON or YAML text says, and the line of each (path, method) below `paths`.

    Raises ConfigurationError for text that is neither, too big, too deep, or that aliases blow up.
    """
    is_json = text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}
    limit = MAX_JSON if is_json else MAX_YAML
    if len(text) > limit:
        kind = "JSON" if is_json else "YAML"
        raise ConfigurationError(
            f"{where}: the document has {len(text):,} characters, expected at most {limit:,} of {kind}"
        )
    if text.count(",") > MAX_VALUES:  # before a value is made: empty ones are a hundred times larger than their text
        raise ConfigurationError(f"{where}: expected at most {MAX_VALUES:,} values, found more")
    values, lines = _from_json(text, where) if is_json else _from_yaml(text, where)
    _refuse_excess(values, where)
    return values, lines


def _from_json(text: str, where: str) -> tuple[Any, Lines]:
    try:
        values = json.loads(text.lstrip("\ufeff"), parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{where}:{error.lineno}:{error.colno}: not valid JSON: {error.msg}") from error
    except RecursionError as error:
        raise ConfigurationError(f"{where}: expected at most {MAX_DEPTH} levels of nesting, found far more") from error
    except ValueError as error:
        raise ConfigurationError(f"{where}: not valid JSON: {error}") from error
    paths = values.get("paths") if isinstance(values, dict) else None
    return values, _json_lines(text, paths if isinstance(paths, dict) else {})


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _from_yaml(text: str, where: str) -> tuple[Any, Lines]:
    try:
        return yaml_values(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise ConfigurationError(f"{where}{place}: not valid YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigurationError(f"{where}: not valid YAML: {error}") from error


def _refuse_excess(values: Any, where: str) -> None:
    """Refuse what is deeper or, with every alias written out, larger than a description of an API can be."""
    sizes: dict[int, tuple[int, int]] = {}
    stack = [values]
    while stack:
        value = stack[-1]
        if id(value) in sizes:
            stack.pop()
            continue
        children = [child for child in _children(value) if isinstance(child, (dict, list))]
        missing = [child for child in children if id(child) not in sizes]
        if missing:
            stack.extend(missing)
            continue
        stack.pop()
        known = [sizes[id(child)] for child in children]
        size = 1 + len(_children(value)) + sum(size for size, _ in known)
        depth = 1 + max((depth for _, depth in known), default=0)
        if depth > MAX_DEPTH:
            raise ConfigurationError(f"{where}: expected at most {MAX_DEPTH} levels of nesting, found more")
        if size > MAX_VALUES:
            raise ConfigurationError(
                f"{where}: expected at most {MAX_VALUES:,} values with aliases written out, found more"
            )
        sizes[id(value)] = size, depth


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _json_lines(text: str, paths: Mapping[str, Any]) -> Lines:
    """Find the keys by a scan: the first method key after a path key and before the next path key."""
    newlines = [found.start() for found in re.finditer("\n", text)]
    starts: dict[str, int] = {}
    for found in re.finditer(r'"(/[^"\\]*)"\s*:', text):
        if found.group(1) in paths:
            starts.setdefault(found.group(1), found.start())
    methods = [(found.start(), found.group(1)) for found in re.finditer(rf'"({"|".join(METHODS)})"\s*:\s*\{{', text)]
    ordered = sorted((start, path) for path, start in starts.items())
    lines: Lines = {}
    for index, (start, path) in enumerate(ordered):
        end = ordered[index + 1][0] if index + 1 < len(ordered) else len(text)
        for position, method in methods[bisect.bisect(methods, (start, "")) : bisect.bisect(methods, (end, ""))]:
            lines.setdefault((path, method), bisect.bisect(newlines, position) + 1)
    return lines
