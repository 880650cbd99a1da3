"""Schemas as a reader sees them: references followed, compositions merged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.openapi.references import resolve

MAX_LEVELS = 12


def flattened(root: Mapping[str, Any], schema: Any, level: int = 0) -> dict[str, Any]:
    """Return a schema with `$ref` and `allOf` merged in, and nullable unions (anyOf with null) undone."""
    merged = dict(resolve(root, schema))
    for part in merged.pop("allOf", ()) if level < MAX_LEVELS else ():
        merged = _merged(merged, flattened(root, part, level + 1))
    for key in ("anyOf", "oneOf"):
        options = [one for one in merged.get(key, ()) if one != {"type": "null"}] if level < MAX_LEVELS else []
        if len(options) == 1 and len(merged[key]) > 1:
            del merged[key]
            option = flattened(root, options[0], level + 1)
            kinds = types_of(option)
            merged = _merged({**option, "type": [*sorted(kinds), "null"]} if kinds else option, merged)
    return merged


def _merged(first: dict[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    result = {**second, **first}
    if "properties" in first and "properties" in second:
        result["properties"] = {**second["properties"], **first["properties"]}
    if "required" in first and "required" in second:
        result["required"] = [*dict.fromkeys([*second["required"], *first["required"]])]
    return result


def types_of(schema: Mapping[str, Any]) -> frozenset[str]:
    """Return the JSON types a schema names; a number may be an integer. Empty: any."""
    kind = schema.get("type")
    kinds = {kind} if isinstance(kind, str) else set(kind) if isinstance(kind, list) else set()
    return frozenset(kinds | {"integer"} if "number" in kinds else kinds)


def properties(root: Mapping[str, Any], schema: Any) -> dict[str, dict[str, Any]]:
    """Return the properties of a schema, each flattened one level; of one with alternatives those of each of them."""
    flat = flattened(root, schema)
    alternatives = [one for key in ("anyOf", "oneOf") for one in flat.get(key) or ()]
    found = [mapping(flattened(root, one).get("properties")) for one in reversed(alternatives)]
    merged = {name: one for each in [*found, mapping(flat.get("properties"))] for name, one in each.items()}
    return {name: flattened(root, one) for name, one in merged.items()}


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping as it is, anything else as an empty one."""
    return value if isinstance(value, Mapping) else {}
