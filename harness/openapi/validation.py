"""Whether the body of a response is what the document promises."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.exceptions import best_match

from harness.openapi.formats import format_checker
from harness.openapi.patterns import MAX_CHECKED
from harness.openapi.references import escaped, pointed, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_VIOLATIONS = 20
MAX_DEPTH = 100
_SHOWN = 60
_SHORT = 24
_LARGEST = 1e300  # what is larger has no remainder as a float


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """Equal only to the same object, so that a cache can hold what has no hash; keeps it alive, so that ids stay."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


@dataclass(slots=True)
class _Memory:
    """What one validation already knows of a value and a reference, else hostile schemas take exponential time."""

    valid: dict[tuple[int, str], bool] = field(default_factory=dict)


def validate(
    body: object, schema: Mapping[str, Any] | None, root: Mapping[str, Any], *, is_request: bool = False
) -> tuple[str, ...]:
    """Return how the JSON value `body` of a response contradicts `schema`, a schema of the document `root`.

    At most 20 sentences, each with a JSON pointer into the body. `writeOnly` properties are not required, as nothing
    is returned in them; in a request it is the `readOnly` ones. `unevaluatedProperties` and `unevaluatedItems` are
    not checked. A body that cannot be judged (deeper than 100 levels, or by a schema that never ends) is one sentence
    that says so.
    """
    if schema is None:
        return ()
    if _too_deep(body):
        return (f"received a body nested deeper than {MAX_DEPTH} levels, which cannot be validated",)
    validator, memory = _validator(_Same(schema), _Same(root), is_request=is_request)
    memory.valid.clear()
    try:
        return tuple(_sentence(error) for error in islice(validator.iter_errors(body), MAX_VIOLATIONS))
    except RecursionError:
        return ("received a body that cannot be validated: its schema refers to itself too often",)


@functools.lru_cache(maxsize=4096)
def _validator(schema: _Same, root: _Same, *, is_request: bool) -> tuple[Any, _Memory]:
    kind, memory = _dialect(root, absent="readOnly" if is_request else "writeOnly")
    return kind(schema.value, format_checker=format_checker()), memory


@functools.lru_cache(maxsize=8)
def _dialect(root: _Same, *, absent: str) -> tuple[Any, _Memory]:
    """Return a validator class whose references go into one document, and its memory."""
    memory = _Memory()

    def reference(validator: Any, target: str, instance: Any, _: Any) -> Iterator[ValidationError]:
        key = id(instance), target
        if key in memory.valid:
            if not memory.valid[key]:
                yield ValidationError(f"received {_brief(instance)}, documented otherwise in {target}")
            return
        memory.valid[key] = True
        errors = list(validator.descend(instance, pointed(root.value, target)))
        memory.valid[key] = not errors
        yield from errors

    def required(_: Any, names: list[str], instance: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
        properties = schema.get("properties", {})
        for name in names if isinstance(instance, dict) else ():
            if name not in instance and resolve(root.value, properties.get(name)).get(absent) is not True:
                yield ValidationError(f"received no {name!r}, documented as required")

    keywords: dict[str, Any] = {
        "$ref": reference,
        "required": required,
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "uniqueItems": _unique_items,
        "multipleOf": _multiple_of,
        "unevaluatedProperties": _unchecked,
        "unevaluatedItems": _unchecked,
    }
    extend: Any = validators.extend
    return extend(Draft202012Validator, keywords), memory


def _unchecked(*_: Any) -> Iterable[ValidationError]:
    return ()


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    # Longer texts are let pass: time grows with a power of the length.
    if isinstance(instance, str) and len(instance) <= MAX_CHECKED and not re.search(pattern, instance):
        yield ValidationError(f"received {_brief(instance)}, documented pattern {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: Any, _: Any
) -> Iterator[ValidationError]:
    for name, value in instance.items() if isinstance(instance, dict) else ():
        for pattern, schema in patterns.items():
            if _matches(pattern, name):
                yield from validator.descend(value, schema, path=name, schema_path=pattern)


def _additional_properties(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    patterns = schema.get("patternProperties", {})
    extra = [name for name in instance if name not in schema.get("properties", {})]
    extra = [name for name in extra if not any(_matches(pattern, name) for pattern in patterns)]
    if allowed is False and extra:
        names = ", ".join(repr(name[:_SHOWN]) for name in sorted(extra)[:5])
        yield ValidationError(f"received {names}, documented without further properties")
    elif allowed is not False:
        for name in extra:
            yield from validator.descend(instance[name], allowed, path=name)


def _matches(pattern: str, name: str) -> bool:
    return len(name) <= MAX_CHECKED and re.search(pattern, name) is not None


def _unique_items(_: Any, unique: bool, instance: Any, __: Any) -> Iterator[ValidationError]:  # noqa: FBT001
    if unique and isinstance(instance, list):
        texts = [json.dumps(item, sort_keys=True) for item in instance]
        if len(set(texts)) < len(texts):
            yield ValidationError(f"received {len(texts) - len(set(texts))} repeated items, documented as unique")


def _multiple_of(_: Any, unit: float, instance: Any, __: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, (int, float)) or isinstance(instance, bool):
        return
    if isinstance(instance, int) and isinstance(unit, int):
        failed = bool(instance % unit)
    else:
        # Decimal fractions such as 0.01 have no exact binary form, so a tiny remainder is none.
        remainder = abs(float(instance) % float(unit)) if abs(instance) < _LARGEST else 0.0
        failed = min(remainder, abs(unit - remainder)) > 1e-9 * max(1.0, abs(float(instance)))
    if failed:
        yield ValidationError(f"received {_brief(instance)}, documented as a multiple of {unit}")


def _sentence(error: ValidationError) -> str:
    if error.validator in {"anyOf", "oneOf"} and error.context:
        error = best_match(iter([error])) or error
    place = "".join(f"/{escaped(step)}" for step in error.absolute_path) or "the body"
    return f"{place}: {_claim(error)}"


def _claim(error: ValidationError) -> str:
    if error.message.startswith("received "):
        return error.message
    keyword, limit = str(error.validator), error.validator_value
    documented = f"{keyword} {_shown(limit)}"
    if keyword == "type":
        documented = " or ".join(map(str, limit if isinstance(limit, list) else [limit]))
    elif keyword == "enum":
        documented = f"one of {_shown(limit)}"
    elif keyword in {"anyOf", "oneOf"}:
        documented = f"{keyword} of {len(limit) if isinstance(limit, list) else 0} schemas"
    elif keyword in {"not", "None"}:
        documented = "as not allowed here"
    elif keyword == "contains":
        documented = "with another item"
    return f"received {_brief(error.instance)}, documented {documented}"


def _shown(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 2 * _SHOWN else f"{text[: 2 * _SHOWN]}..."


def _brief(value: object) -> str:
    """Name a value of a response without repeating long texts, which may be private."""
    match value:
        case None:
            return "null"
        case bool() | int() | float():
            return json.dumps(value)[:_SHOWN]
        case str():
            return f"string {value!r}" if len(value) <= _SHORT else f"a string of {len(value)} characters"
        case list():
            return f"an array of {len(value)}"
    return f"an object with {len(value)} properties" if isinstance(value, dict) else type(value).__name__


def _too_deep(body: object) -> bool:
    level: list[object] = [body]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True
