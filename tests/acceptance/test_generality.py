"""Nothing below `harness/` knows a target: no path, field or header that a scenario names, save general terms."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.scenario import load_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parents[2]
SOURCES = sorted((REPOSITORY / "harness").rglob("*.py"))
SCENARIOS = sorted((REPOSITORY / "scenarios").glob("*.toml"))
OPERATION = re.compile(r"^[A-Z]+ (/\S+)$")
POINTER = re.compile(r"^(/[A-Za-z_][\w~.-]*)+$")
PARAMETER = re.compile(r"\{([^}]+)\}")
HEADER = re.compile(r"^[A-Z][A-Za-z]*(-[A-Z][A-Za-z]*)+$")
OUR_OWN = ("limits", "headers")  # a table of the scenario format, whose values are names of an API
NAMED = ("json", "form", "multipart", "query", "path", "headers", "claims")  # tables whose keys are names of an API

# Words that scenarios use and that are no target's own. Each group says where they come from; a word of one API only
# does not belong here, but into that API's scenario.
GENERAL = {
    "usual header fields, beside those of RFC 9110 and 6585": {
        *("Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-ID"),
    },
    "RFC 6749, 7519 and 9457: names of tokens, claims and problem documents": {
        *("sub", "aud", "iss", "access_token", "title"),
    },
    "OpenAPI, JSON Schema, and the vocabulary of scenarios and of the harness itself": {
        *("openapi.json", "openapi.yaml", "query", "items", "name", "text", "body", "description"),
        *("file", "files", "limit", "search", "request_id"),
    },
    "what lists are called by almost everybody, tried by the inference of scenarios and nothing else": {
        *("id", "data", "results", "count", "total", "total_results", "next", "q", "paging"),
    },
    "what almost every API calls users, their credentials and roles; tried by inference, redaction and role checks": {
        *("api_key", "password", "new_password", "username", "email", "user_id", "tier", "visibility"),
    },
    "the operation that asks a service whether it is ready": {"/ready"},
}
KNOWN = set().union(*GENERAL.values())


def named(path: Path) -> tuple[set[str], set[str]]:
    """Return the paths of a scenario's operations, and its names of fields, parameters and headers."""
    paths, names = set[str](), set[str]()
    for key, value in _strings(tomllib.loads(load_scenario(path)[1])):
        if found := OPERATION.match(value):
            paths.add(found[1])
            names |= set(PARAMETER.findall(found[1]))
        elif POINTER.match(value):
            names |= set(value.split("/")[1:])
        elif HEADER.match(value):
            names.add(value)
        if key:
            names.add(key)
    return paths, names


def _strings(value: Any, key: str = "", place: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Walk every text, with the name that an API gives it, if it stands in a table of such names."""
    names = bool(place) and place[-1] in NAMED and place != OUR_OWN
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _strings(each, name if names else "", (*place, name))
            if names:
                yield name, ""
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each, "", place)
    elif isinstance(value, str):
        yield key, value


def prefixes(path: str) -> set[str]:
    """Return what gives an API away in a path: the whole, and each beginning of two literal segments or more."""
    literal = path.partition("{")[0].rstrip("/").split("/")[1:]
    return {"/" + "/".join(literal[:length]) for length in range(min(2, len(literal)), len(literal) + 1)} - {"/"}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_no_path_of_a_target_is_known(scenario: Path) -> None:
    """Neither code nor docstring nor comment holds the path of an operation."""
    paths, _ = named(scenario)
    assert len(paths) > 5
    wanted = {prefix for path in paths for prefix in prefixes(path)} - KNOWN
    pattern = re.compile("|".join(rf"(?<![\w.}}]){re.escape(each)}(?!\w)" for each in sorted(wanted)))
    assert _hits(pattern) == []


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_no_field_parameter_or_header_of_a_target_is_known(scenario: Path) -> None:
    """A name that is no ordinary word stands nowhere; one that is, is never a text of its own nor part of a pointer."""
    _, names = named(scenario)
    assert len(names) > 5
    unmistakable = {name for name in names - KNOWN if not name.isalpha() or not name.islower()}
    assert _hits(re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in unmistakable) or "(?!)")) == []
    words = names - KNOWN - unmistakable
    assert [
        f"{path.relative_to(REPOSITORY)}: {text[:80]!r}"
        for path in SOURCES
        for text in _constants(path)
        if words & ({text} | (set(text.split("/")) if POINTER.match(text) else set()))
    ] == []


def test_general_terms_are_in_use() -> None:
    """A word that no scenario has any more leaves the list."""
    used = set().union(*(paths | names for paths, names in map(named, SCENARIOS)))
    assert sorted(KNOWN - used) == []


def _constants(path: Path) -> list[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _hits(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()[:120]}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
