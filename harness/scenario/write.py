"""From a Scenario back to TOML that a person can read and correct."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.items import AoT, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.scenario.schema import Scenario

INLINE = frozenset({"pagination", "path", "query", "headers", "json", "form", "claims", "expect", "among"})


def write_scenario(scenario: Scenario, *, notes: Mapping[str, Sequence[str]] | None = None) -> str:
    """Return the scenario as TOML; `notes` are comment lines by place: "" for the head, "users", "resource:NAME"."""
    known = notes or {}
    values = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True)
    document = tomlkit.document()
    for line in known.get("", ()):
        document.add(tomlkit.comment(line))
    for name, value in values.items():
        document[name] = _resources(value, known) if name == "resource" else _item(name, value)
        if isinstance(document[name], Table):
            _comment(document[name], known.get(name, ()))
    return tomlkit.dumps(document)


def _resources(values: Sequence[Mapping[str, Any]], notes: Mapping[str, Sequence[str]]) -> AoT:
    array = tomlkit.aot()
    for value in values:
        table = tomlkit.table()
        _comment(table, notes.get(f"resource:{value['name']}", ()))
        for key, each in value.items():
            table[key] = _item(key, each)
        array.append(table)
    return array


def _item(name: str, value: Any) -> Any:
    """Return a table for an object, an array of tables for a list of objects, and short objects in one line."""
    if isinstance(value, dict) and name not in INLINE:
        table = tomlkit.table()
        for key, each in value.items():
            table[key] = _item(key, each)
        return table
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        array = tomlkit.aot()
        for each in value:
            array.append(_item("", each))
        return array
    return _inline(value)


def _inline(value: Any) -> Any:
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        table.update({key: _inline(each) for key, each in value.items()})
        return table
    return value


def _comment(table: Any, lines: Sequence[str]) -> None:
    for line in lines:
        table.add(tomlkit.comment(line))
