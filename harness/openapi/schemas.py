"""Schemas of OpenAPI 2, 3.0 and 3.1 brought to JSON Schema 2020-12, without what no validator could use."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.openapi.patterns import pattern_problem
from harness.openapi.references import escaped, pointed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TYPES = frozenset({"null", "boolean", "object", "array", "number", "integer", "string"})
SCHEMAS = frozenset(
    {
        "not",
        "if",
        "then",
        "else",
        "items",
        "additionalProperties",
        "contains",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
MAPS = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
IN_PLACE = frozenset({"not", "if", "then", "else", "allOf", "anyOf", "oneOf", "dependentSchemas"})
DROPPED = frozenset(
    {
        "$id",
        "id",
        "$schema",
        "$vocabulary",
        "$anchor",
        "$dynamicAnchor",
        "$dynamicRef",
        "$recursiveRef",
        "$recursiveAnchor",
    }
)
MAX_PROBLEMS = 200


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _type(value: object) -> bool:
    kinds = value if isinstance(value, list) else [value]
    return bool(kinds) and all(isinstance(kind, str) and kind in TYPES for kind in kinds)


EXPECTED: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "type": (_type, "a JSON Schema type"),
    "enum": (lambda value: isinstance(value, list) and bool(value), "a list of values"),
    "required": (_names, "a list of names"),
    "dependentRequired": (lambda value: isinstance(value, dict) and all(map(_names, value.values())), "lists of names"),
    **dict.fromkeys(("format", "$ref"), (lambda value: isinstance(value, str), "a text")),
    "uniqueItems": (lambda value: isinstance(value, bool), "true or false"),
    "multipleOf": (lambda value: _number(value) and value > 0, "a number above 0"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), (_number, "a number")),
    **dict.fromkeys(
        (
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minProperties",
            "maxProperties",
            "minContains",
            "maxContains",
        ),
        (_count, "a count"),
    ),
}


@dataclass(slots=True)
class Translator:
    """Translates the schemas of one document; `root` is the document as parsed, `problems` grows."""

    root: Any
    siblings: bool
    problems: list[str] = field(default_factory=list)

    def problem(self, place: str, sentence: str) -> None:
        """Note what could not be understood."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(f"{place}: {sentence}")

    def schema(self, node: Any, place: str) -> Any:
        """Return the schema at `place` as JSON Schema 2020-12: a mapping or a truth value."""
        if isinstance(node, bool):
            # As a mapping, so that a violation has its place; a closed object keeps its own word for it.
            return node if node or place.endswith("/additionalProperties") else {"not": {}}
        if not isinstance(node, dict):
            self.problem(place, "expected a schema, so anything is allowed here")
            return {}
        if isinstance(node.get("$ref"), str):
            return self._reference(node, place)
        result = dict(self._keywords(node, place))
        _bounds(result, node)
        return _nullable(result) if node.get("nullable") is True or node.get("x-nullable") is True else result

    def _reference(self, node: dict[str, Any], place: str) -> dict[str, Any]:
        beside = {key: value for key, value in node.items() if key != "$ref"} if self.siblings else {}
        try:
            pointed(self.root, node["$ref"])
        except LookupError:
            self.problem(place, f"the reference {node['$ref'][:200]!r} leads nowhere, so anything is allowed here")
            reference: dict[str, Any] = {}
        else:
            reference = {"$ref": node["$ref"]}
        result = {**dict(self._keywords(beside, place)), **reference}
        return {"anyOf": [result, {"type": "null"}]} if node.get("nullable") is True else result

    def _keywords(self, node: dict[str, Any], place: str) -> list[tuple[str, Any]]:
        return [
            pair
            for key, value in node.items()
            if key not in DROPPED
            for pair in self._keyword(key, value, f"{place}/{escaped(key)}")
        ]

    def _keyword(self, key: str, value: Any, place: str) -> list[tuple[str, Any]]:
        if key == "items" and isinstance(value, list):
            key = "prefixItems"
        if key in SCHEMAS:
            return [(key, self.schema(value, place))]
        if key in LISTS | MAPS:
            return self._schemas(key, value, place)
        if key == "pattern":
            return [(key, value)] if self._pattern(value, place) else []
        if key in {"exclusiveMinimum", "exclusiveMaximum"} and isinstance(value, bool):
            return []
        return self._plain(key, value, place)

    def _schemas(self, key: str, value: Any, place: str) -> list[tuple[str, Any]]:
        if key in LISTS and isinstance(value, list) and value:
            return [(key, [self.schema(item, f"{place}/{index}") for index, item in enumerate(value)])]
        if key in MAPS and isinstance(value, dict):
            usable = [name for name in value if key != "patternProperties" or self._pattern(name, place)]
            return [(key, {name: self.schema(value[name], f"{place}/{escaped(name)}") for name in usable})]
        self.problem(place, "expected schemas, found something else, ignored")
        return []

    def _plain(self, key: str, value: Any, place: str) -> list[tuple[str, Any]]:
        if key == "type" and value == "file":
            return [("type", "string"), ("format", "binary")]
        accepted, expected = EXPECTED.get(key, (None, ""))
        if accepted is not None and not accepted(value):
            self.problem(place, f"expected {expected}, found {str(value)[:80]!r}, ignored")
            return []
        return [(key, value)]

    def _pattern(self, pattern: Any, place: str) -> bool:
        reason = pattern_problem(pattern)
        if reason:
            self.problem(place, f"{reason}, so the pattern is not checked")
        return not reason


def _bounds(result: dict[str, Any], node: Mapping[str, Any]) -> None:
    """Translate the truth values of OpenAPI 3.0 `exclusiveMinimum` and `exclusiveMaximum` in place."""
    for exclusive, inclusive in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if node.get(exclusive) is True and inclusive in result:
            result[exclusive] = result.pop(inclusive)


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    kind = schema.get("type")
    if kind is None or {"allOf", "anyOf", "oneOf", "not", "const"} & schema.keys():
        return {"anyOf": [schema, {"type": "null"}]} if schema.keys() - {"nullable", "description", "title"} else schema
    kinds = kind if isinstance(kind, list) else [kind]
    result = {**schema, "type": list(dict.fromkeys([*kinds, "null"]))}
    if "enum" in schema and None not in schema["enum"]:
        result["enum"] = [*schema["enum"], None]
    return result


def cut_loops(translator: Translator, root: Mapping[str, Any], targets: Mapping[str, Any]) -> None:
    """Remove references that lead back to themselves without going into a value: they say nothing, and never end.

    `targets` are the schemas that references may point to, by their pointer; they are changed in place.
    """
    state: dict[int, int] = {}
    for place, target in targets.items():
        stack: list[tuple[Any, list[dict[str, Any]]]] = [(target, _in_place(target))] if id(target) not in state else []
        state.setdefault(id(target), 1)
        while stack:
            schema, pending = stack[-1]
            if not pending:
                state[id(schema)] = 2
                stack.pop()
                continue
            holder = pending.pop()
            try:
                following = pointed(root, holder["$ref"])
            except LookupError:
                continue
            if state.get(id(following)) == 1:
                translator.problem(place, f"the reference {holder['$ref'][:200]!r} leads only to itself, ignored")
                del holder["$ref"]
            elif id(following) not in state:
                state[id(following)] = 1
                stack.append((following, _in_place(following)))


def _in_place(schema: Any) -> list[dict[str, Any]]:
    """Return the mappings with a `$ref` that applies to the same value as `schema` does."""
    found, stack = [], [schema]
    while stack:
        node = stack.pop()
        if not isinstance(node, dict):
            continue
        if isinstance(node.get("$ref"), str):
            found.append(node)
        for key in IN_PLACE & node.keys():
            value = node[key]
            stack.extend(value if isinstance(value, list) else value.values() if key == "dependentSchemas" else [value])
    return found
