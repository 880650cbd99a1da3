"""A small valid value for a schema, which carries a marker in its texts."""

from __future__ import annotations

import contextlib
import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.openapi.bounds import number_for
from harness.openapi.patterns import pattern_problem
from harness.openapi.samples import FORMATS, NAMED, SAMPLE
from harness.openapi.shapes import flattened, mapping, types_of
from harness.openapi.texts import text_for
from harness.openapi.validation import validate

if TYPE_CHECKING:
    from collections.abc import Mapping

ANY_NAME = "note"
NOTHING: dict[str, Any] = {"not": {}}
MAX_LEVELS = 8
DEEPEST_TEXT = 2  # as JSON:API has it: data, attributes, title
MAX_ITEMS = 20
REFERENCE = re.compile(r"(^|_)(id|uuid|pk)$|I[dD]$")
NO_EXAMPLES = ("any", "string")
"""What generators of documents write where they know no example."""
TEXT_FIELDS = (
    "title",
    "name",
    "text",
    "content",
    "description",
    "body",
    "message",
    "subject",
    "summary",
    "note",
    "label",
)


class NoExampleError(ValueError):
    """No valid value could be made; the message says of what and why."""


def example(
    schema: Mapping[str, Any] | None,
    root: Mapping[str, Any],
    *,
    marker: str,
    filled: frozenset[str] = frozenset(),
    must_carry: bool = True,
    whole: bool = False,
) -> Any:
    """Return a minimal value that is valid in a request by `schema`, with `marker` in the texts that can carry it.

    Only required properties, those of `filled` (which the caller then overwrites), and one text for the marker where
    no required one carries it (unless `must_carry` is false). With `whole`, an object that requires nothing gets each
    plain text and number: such a document does not say what is required, and references are left out.
    Markers are taken to be 23 lower-case letters, digits and hyphens. Raises NoExampleError.
    """
    try:
        value = _Example(root, filled, must_carry, whole).value(schema or {}, "", 0)
    except RecursionError as error:
        raise NoExampleError("the schema is nested too deeply") from error
    violations = validate(value, schema, root, is_request=True)
    if violations:
        raise NoExampleError(f"no valid example was found: {violations[0]}")
    return _replaced(value, marker)


def carries(value: Any, marker: str) -> bool:
    """Whether the marker is somewhere in a value."""
    return marker in json.dumps(value, ensure_ascii=False, default=str)


@dataclass(frozen=True, slots=True)
class _Example:
    """Builds values for the schemas of one document."""

    root: Mapping[str, Any]
    filled: frozenset[str]
    must_carry: bool
    whole: bool = False

    def value(self, schema: Any, name: str, level: int) -> Any:
        if schema == NOTHING or level > MAX_LEVELS:
            reason = "nothing is allowed" if schema == NOTHING else "it never ends"
            raise NoExampleError(f"{name or 'the body'}: {reason}")
        flat = flattened(self.root, schema)
        if "const" in flat:
            return flat["const"]
        if "enum" in flat:
            return next((one for one in flat["enum"] if one is not None), None)
        for key in ("oneOf", "anyOf"):
            if isinstance(flat.get(key), list):
                return self._option(flat, key, name, level)
        return self._typed(flat, name, level)

    def _option(self, flat: Mapping[str, Any], key: str, name: str, level: int) -> Any:
        base = {keyword: value for keyword, value in flat.items() if keyword != key}
        reason = f"{name or 'the body'}: no alternative could be made"
        for option in sorted(flat[key], key=lambda one: (one == {"type": "null"}, mapping(one).get("type") == "array")):
            candidate = {"allOf": [option], **base}
            try:
                value = self.value(candidate, name, level + 1)
            except NoExampleError as error:
                reason = str(error)
                continue
            if not validate(value, {key: flat[key]}, self.root, is_request=True):
                return value
        raise NoExampleError(reason)

    def _typed(self, flat: Mapping[str, Any], name: str, level: int) -> Any:
        kinds = types_of(flat)
        if "object" in kinds or (not kinds and "properties" in flat):
            return self._object(flat, level)
        if "string" in kinds:
            return self._text(flat, name)
        if "array" in kinds or (not kinds and "items" in flat):
            return self._array(flat, name, level)
        if kinds & {"integer", "number"}:
            return number_for(flat)
        if "boolean" in kinds:
            return flat["default"] if isinstance(flat.get("default"), bool) else False
        return None if kinds == {"null"} else self._text(flat, name)

    def _object(self, flat: Mapping[str, Any], level: int) -> dict[str, Any]:
        properties = mapping(flat.get("properties"))
        read_only = {name for name, one in properties.items() if flattened(self.root, one).get("readOnly") is True}
        wanted = [name for name in flat.get("required", ()) if name not in read_only]
        wanted += [name for name in properties if level <= 1 and name in self.filled and name not in wanted]
        if self.whole and level <= 1 and "required" not in flat:
            wanted += [
                name for name in properties if name not in {*wanted, *read_only} and self._is_plain(name, properties)
            ]
        result = {name: self.value(properties.get(name, True), name, level + 1) for name in wanted}
        own = {name: one for name, one in result.items() if name not in self.filled}
        if self.must_carry and level <= DEEPEST_TEXT and not carries(own, SAMPLE):
            writable = {key: one for key, one in properties.items() if key not in read_only}
            texts = {key: one for key, one in writable.items() if REFERENCE.search(key) is None}
            result |= (
                self._optional_text(texts, result)
                or self._elsewhere(flat, writable, result, level)
                or self._optional_text(writable, result)
            )
        self._fill(flat, result, level)
        return result

    def _is_plain(self, name: str, properties: Mapping[str, Any]) -> bool:
        flat = flattened(self.root, properties[name])
        plain = bool(types_of(flat) & {"string", "integer", "number"}) or _is_untyped(flat)
        return plain and REFERENCE.search(name) is None

    def _optional_text(self, properties: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, str]:
        """Return one optional property that can carry the marker, if there is one."""
        free = [name for name in properties if name not in present or (self.whole and name not in self.filled)]
        for name in sorted(free, key=lambda one: (_preference(one), free.index(one))):
            flat = flattened(self.root, properties[name])
            textual = "string" in types_of(flat) or _is_untyped(flat)
            if textual and not flat.keys() & {"enum", "const", "format", "oneOf", "anyOf"}:
                try:
                    text = self._text(flat, name)
                except NoExampleError:
                    continue
                if text == SAMPLE and (_preference(name) < len(TEXT_FIELDS) or "example" not in flat):
                    return {name: text}
                if self.whole and _is_word(text) and flat.get("maxLength", math.inf) >= len(SAMPLE):
                    return {name: SAMPLE}
        return {}

    def _elsewhere(
        self, flat: Mapping[str, Any], properties: Mapping[str, Any], present: Mapping[str, Any], level: int
    ) -> dict[str, Any]:
        """Return an optional object that can carry the marker, or a field of any name where those are allowed."""
        for name in [one for one in properties if one not in present] if level < DEEPEST_TEXT else ():
            if types_of(inner := flattened(self.root, properties[name])) == {"object"}:
                with contextlib.suppress(NoExampleError):
                    value = self._object(inner, level + 1)
                    if carries(value, SAMPLE):
                        return {name: value}
        free = flat.get("additionalProperties") if isinstance(flat.get("additionalProperties"), dict) else None
        return {ANY_NAME: SAMPLE} if free is not None and not validate(SAMPLE, free, self.root, is_request=True) else {}

    def _fill(self, flat: Mapping[str, Any], result: dict[str, Any], level: int) -> None:
        properties = mapping(flat.get("properties"))
        spare = [name for name in properties if name not in result] + [f"field{index}" for index in range(MAX_ITEMS)]
        for name in spare[: max(0, min(flat.get("minProperties", 0) - len(result), MAX_ITEMS))]:
            result[name] = self.value(properties.get(name, flat.get("additionalProperties", True)), name, level + 1)

    def _array(self, flat: Mapping[str, Any], name: str, level: int) -> list[Any]:
        leading = list(flat.get("prefixItems", ()))
        count = max(flat.get("minItems", 0), 1 if "contains" in flat else 0)
        if count > MAX_ITEMS:
            raise NoExampleError(f"{name or 'the body'}: needs {count} items")
        schemas = leading[:count] + [flat.get("items", flat.get("contains", True))] * (count - len(leading[:count]))
        if flat.get("uniqueItems") is True and count > 1 and not leading:
            return self._distinct(flattened(self.root, flat.get("items", True)), name, count, level)
        return [self.value(one, name, level + 1) for one in schemas]

    def _distinct(self, flat: dict[str, Any], name: str, count: int, level: int) -> list[Any]:
        if isinstance(flat.get("enum"), list):
            return list(flat["enum"][:count])
        first = self.value(flat, name, level + 1)
        if isinstance(first, int) and not isinstance(first, bool):
            return [first + index * flat.get("multipleOf", 1) for index in range(count)]
        if isinstance(first, str):
            return [f"{first}{index or ''}" for index in range(count)]
        raise NoExampleError(f"{name or 'the body'}: needs {count} different items")

    def _text(self, flat: Mapping[str, Any], name: str) -> str:
        shortest, longest = flat.get("minLength", 0), flat.get("maxLength", math.inf)
        for candidate in self._texts(flat, name, shortest):
            text = (
                candidate
                if len(candidate) >= shortest or flat.get("format")
                else candidate + "x" * (shortest - len(candidate))
            )
            if len(text) <= longest and _finds(flat.get("pattern"), text):
                return text
        raise NoExampleError(f"{name or 'the body'}: no text was found for its pattern, format and length")

    def _texts(self, flat: Mapping[str, Any], name: str, shortest: int) -> list[str]:
        """Return candidates, best first."""
        offered = [flat.get("default"), flat.get("example"), *_listed(flat.get("examples"))]
        given = [one for one in offered if isinstance(one, str) and one not in {"", *NO_EXAMPLES}]
        if shortest > 100_000:  # noqa: PLR2004 - no field wants a hundred thousand characters
            raise NoExampleError(f"{name or 'the body'}: needs {shortest} characters")
        made = [text_for(flat["pattern"], shortest=shortest) or ""] if isinstance(flat.get("pattern"), str) else []
        if flat.get("format") in FORMATS:
            return [FORMATS[flat["format"]], *given, *made]
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        named = [text for pattern, text in NAMED if re.search(pattern, snake)]
        if _preference(name) == len(TEXT_FIELDS) and given:
            return [*given, *named, SAMPLE, *made, "a"]
        return [*named, SAMPLE, *given, *made, "a", ""]


def _is_untyped(flat: Mapping[str, Any]) -> bool:
    """Whether a schema shows a text as its example and says no more, as documents that are made from code do."""
    return isinstance(flat.get("example"), str) and flat.keys() <= {"example", "description", "title"}


def _is_word(text: str) -> bool:
    """Whether an example may be any text: no address, number, date or code."""
    return re.fullmatch(r"[A-Za-z][\w '.,!-]{3,}", text) is not None and not text.isupper()


def _preference(name: str) -> int:
    return next((index for index, one in enumerate(TEXT_FIELDS) if name.lower() == one), len(TEXT_FIELDS))


def _finds(pattern: Any, text: str) -> bool:
    if not isinstance(pattern, str) or pattern_problem(pattern):
        return True
    return re.search(pattern, text[:2000]) is not None


def _listed(value: Any) -> list[Any]:
    return value[:3] if isinstance(value, list) else []


def _replaced(value: Any, marker: str) -> Any:
    if isinstance(value, str):
        return value.replace(SAMPLE, marker)
    if isinstance(value, list):
        return [_replaced(item, marker) for item in value]
    return {key: _replaced(item, marker) for key, item in value.items()} if isinstance(value, dict) else value
