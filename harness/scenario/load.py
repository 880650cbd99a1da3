"""Reading a scenario file, and saying precisely what is wrong with it."""

from __future__ import annotations

import difflib
import tomllib
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from harness.errors import ConfigurationError
from harness.scenario.schema import Scenario
from harness.scenario.schema.scenario import FILE
from harness.scenario.write import write_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def load_scenario(path: Path) -> tuple[Scenario, str]:
    """Read the scenario at `path`; return it with its text (for the digest and the bundle).

    Of one that extends another, the text is the whole of both.
    Raises ConfigurationError with file, key path, what was expected and what was found.
    """
    text = _read(path)
    data = _parsed(text, where=str(path))
    if "extends" not in data:
        return _validated(data, where=str(path)), text
    scenario = _validated(_extended(data, path), where=str(path))
    return scenario, write_scenario(scenario)


def parse_scenario(text: str, *, where: str) -> Scenario:
    """Return the scenario in `text`, which extends no other; `where` names it in errors."""
    data = _parsed(text, where=where)
    if "extends" in data:
        message = f"{where}: extends: only a file can extend another one"
        raise ConfigurationError(message)
    return _validated(data, where=where)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        message = (
            f"{path}: cannot read the scenario ({error.strerror}); expected a TOML file, see scenarios/ for examples"
        )
        raise ConfigurationError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path}: expected UTF-8 text, found bytes that are not at offset {error.start}"
        raise ConfigurationError(message) from error


def _parsed(text: str, *, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{where}: not valid TOML: {error}"
        raise ConfigurationError(message) from error


def _extended(data: dict[str, Any], path: Path, below: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Return what a file says, over what the one says that it extends; what is no file name is left to be refused."""
    other = data.get("extends")
    if not isinstance(other, str) or not FILE.match(other):
        return data
    base = path.with_name(other)
    if base in (path, *below):
        message = f"{path}: extends: {other} extends this file"
        raise ConfigurationError(message)
    inherited = _parsed(_read(base), where=str(base))
    own = {name: value for name, value in data.items() if name != "extends"}
    return {**_extended(inherited, base, (path, *below)), **own}


def _validated(data: dict[str, Any], *, where: str) -> Scenario:
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        lines = [f"{where}: {_explain(problem)}" for problem in error.errors(include_url=False, include_context=False)]
        raise ConfigurationError("\n".join(lines)) from error


def amended(scenario: Scenario, said: Mapping[str, Any]) -> Scenario:
    """Return the scenario with what is said otherwise; tables are merged, of arrays of tables those of that name."""
    if not said:
        return scenario
    data = _merged(scenario.model_dump(by_alias=True, exclude_unset=True), said)
    return Scenario.model_validate(data)


def _merged(known: Any, said: Any) -> Any:
    if isinstance(known, list) and isinstance(said, dict):
        return [_merged(each, said.get(each.get("name"), {})) for each in known]
    if isinstance(known, dict) and isinstance(said, dict):
        return known | {name: _merged(known.get(name), value) for name, value in said.items()}
    return said


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, for editors."""
    return Scenario.model_json_schema(by_alias=True)


def _explain(problem: Any) -> str:
    key_path = _key_path(problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"{key_path}: unknown key{_suggestion(problem['loc'])}"
    if problem["type"] == "missing":
        return f"{key_path}: missing, and needed"
    if "env|file" in problem["msg"]:
        expected = 'a reference such as "env:NAME" or "file:PATH"'
        return f"{key_path}: expected {expected}, found something else (not shown, it may be a secret)"
    found = problem.get("input")
    shown = f", found {type(found).__name__}" if isinstance(found, dict | list) else f", found {found!r}"
    return f"{key_path}: {problem['msg'].removeprefix('Value error, ')}{shown}"


def _key_path(location: Sequence[str | int]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path or "(top level)"


def _suggestion(location: Sequence[str | int]) -> str:
    known = _known_keys(location[:-1])
    close = difflib.get_close_matches(str(location[-1]), known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; expected one of {', '.join(sorted(known))}" if known else ""


def _known_keys(location: Sequence[str | int]) -> list[str]:
    schema = scenario_schema()
    node: dict[str, Any] = schema
    for part in location:
        node = _resolve(schema, node)
        node = node.get("items", {}) if isinstance(part, int) else node.get("properties", {}).get(part, {})
    return list(_resolve(schema, node).get("properties", {}))


def _resolve(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    for option in node.get("anyOf", []):
        if "$ref" in option:
            node = option
    reference = node.get("$ref")
    resolved: dict[str, Any] = schema["$defs"][reference.rpartition("/")[2]] if reference else node
    return resolved
