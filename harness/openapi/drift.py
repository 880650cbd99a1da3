"""What a document promises less than its baseline did: changes that break a client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.openapi.references import escaped
from harness.openapi.shapes import flattened, mapping, types_of

if TYPE_CHECKING:
    from harness.model import Body, Operation, Parameter
    from harness.openapi.document import Document

MAX_LEVELS = 12
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One difference: where in which operation, and whether it breaks a client written against the baseline."""

    operation: str
    place: str
    sentence: str
    breaking: bool = True


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two schemas of one place in the old and in the new document."""

    old: Mapping[str, Any]
    new: Mapping[str, Any]
    place: str
    level: int = 0


def drift(baseline: Document, current: Document) -> tuple[Drift, ...]:
    """Return what changed from `baseline` to `current`, breaking changes first.

    Breaking: an operation, status, media type or response field that is gone or optional now, a changed type, a new
    required input, a narrower input, a wider closed set in a response. Operations are paired by method and path,
    whatever their path parameters are called.
    """
    current_by_shape = {_shape(one): one for one in current.operations}
    found: list[Drift] = []
    for old in baseline.operations:
        new = current_by_shape.pop(_shape(old), None)
        if new is None:
            found.append(Drift(operation=old.id, place="", sentence="the operation is gone"))
        else:
            found.extend(_operation(baseline.root, current.root, old, new))
    found += [
        Drift(operation=one.id, place="", sentence="the operation is new", breaking=False)
        for one in current_by_shape.values()
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: not one.breaking))


def _shape(operation: Operation) -> str:
    return f"{operation.method} " + "/".join("{}" if "{" in part else part for part in operation.path.split("/"))


def _operation(
    old_root: Mapping[str, Any], new_root: Mapping[str, Any], old: Operation, new: Operation
) -> Iterator[Drift]:
    compare = _Comparison(old_root, new_root, old.id)
    yield from _parameters(compare, old, new)
    yield from compare.bodies(old.bodies, new.bodies, "request", is_request=True)
    if new.body_required and not old.body_required:
        yield compare.change("request", "a body is required now")
    if new.secured and old.secured is False:
        yield compare.change("security", "a credential is required now")
    statuses = {one.status for one in new.responses}
    for response in old.responses:
        place = f"response {response.status}"
        declared = next((one for one in new.responses if one.status == response.status), None)
        if declared is None:
            yield compare.change(place, "the status is not documented any more")
            continue
        yield from compare.bodies(response.bodies, declared.bodies, place, is_request=False)
        for name in response.headers:
            if name.lower() not in {header.lower() for header in declared.headers}:
                yield compare.change(f"{place} header {name}", "the header is gone")
    for status in sorted(statuses - {one.status for one in old.responses}):
        yield compare.change(f"response {status}", "the status is new", breaking=False)


def _parameters(compare: _Comparison, old: Operation, new: Operation) -> Iterator[Drift]:
    before = {(one.name.lower() if one.location == "header" else one.name, one.location): one for one in old.parameters}
    after = {(one.name.lower() if one.location == "header" else one.name, one.location): one for one in new.parameters}
    for key, parameter in after.items():
        if parameter.location == "path":
            continue
        known: Parameter | None = before.get(key)
        place = f"{parameter.location} parameter {parameter.name}"
        if parameter.required and (known is None or not known.required):
            yield compare.change(place, "the parameter is required now")
        if known is not None:
            yield from compare.schemas(_Pair(known.schema, parameter.schema, place), is_request=True)
    for key in before.keys() - after.keys():
        if key[1] != "path":
            yield compare.change(f"{key[1]} parameter {key[0]}", "the parameter is gone")


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Compares schemas of one operation in two documents."""

    old_root: Mapping[str, Any]
    new_root: Mapping[str, Any]
    operation: str

    def change(self, place: str, sentence: str, *, breaking: bool = True) -> Drift:
        return Drift(operation=self.operation, place=place, sentence=sentence, breaking=breaking)

    def bodies(self, old: tuple[Body, ...], new: tuple[Body, ...], place: str, *, is_request: bool) -> Iterator[Drift]:
        after = {body.media_type.partition(";")[0].lower(): body for body in new}
        for body in old:
            media = body.media_type.partition(";")[0].lower()
            if media not in after:
                yield self.change(f"{place} {media}", "the media type is gone")
            elif body.schema is not None:
                pair = _Pair(body.schema, after[media].schema or {}, place)
                yield from self.schemas(pair, is_request=is_request)

    def schemas(self, pair: _Pair, *, is_request: bool) -> Iterator[Drift]:
        old, new = flattened(self.old_root, pair.old), flattened(self.new_root, pair.new)
        if pair.level > MAX_LEVELS or (not old and not new):
            return
        yield from self._types(old, new, pair.place, is_request=is_request)
        yield from self._values(old, new, pair.place, is_request=is_request)
        yield from self._fields(old, new, pair, is_request=is_request)
        if isinstance(old.get("items"), Mapping) and isinstance(new.get("items"), Mapping):
            items = _Pair(old["items"], new["items"], f"{pair.place}/items", pair.level + 1)
            yield from self.schemas(items, is_request=is_request)

    def _types(
        self, old: Mapping[str, Any], new: Mapping[str, Any], place: str, *, is_request: bool
    ) -> Iterator[Drift]:
        before, after = types_of(old), types_of(new)
        narrow, wide = (after, before) if is_request else (before, after)
        # A client may send every old type still, and receive no type but an old one.
        if narrow and (wide - narrow or not wide):
            yield self.change(place, f"the type changed from {_types_text(before)} to {_types_text(after)}")

    def _values(
        self, old: Mapping[str, Any], new: Mapping[str, Any], place: str, *, is_request: bool
    ) -> Iterator[Drift]:
        before, after = old.get("enum"), new.get("enum")
        if is_request:
            yield from self._narrower(old, new, place)
            if isinstance(after, list) and (before is None or any(value not in after for value in before)):
                yield self.change(place, "values are not accepted any more")
        elif isinstance(before, list) and (after is None or any(value not in before for value in after)):
            yield self.change(place, "values are returned that were not documented")
        if old.get("format") != new.get("format") and old.get("format") and new.get("format"):
            yield self.change(place, f"the format changed from {old['format']} to {new['format']}")

    def _narrower(self, old: Mapping[str, Any], new: Mapping[str, Any], place: str) -> Iterator[Drift]:
        for keyword in (*_UPPER, *_LOWER):
            before, after = old.get(keyword), new.get(keyword)
            if after is None or (after == 0 and keyword.startswith("min") and keyword != "minimum"):
                continue
            if before is None or (after < before if keyword in _UPPER else after > before):
                yield self.change(
                    place, f"{keyword} is stricter: {before if before is not None else 'none'} -> {after}"
                )
        if new.get("pattern") and new.get("pattern") != old.get("pattern"):
            yield self.change(place, "the pattern changed")

    def _fields(
        self, old: Mapping[str, Any], new: Mapping[str, Any], pair: _Pair, *, is_request: bool
    ) -> Iterator[Drift]:
        before, after = mapping(old.get("properties")), mapping(new.get("properties"))
        before_required, after_required = set(old.get("required", ())), set(new.get("required", ()))
        for name, schema in before.items():
            place = f"{pair.place}/{escaped(name)}"
            if name not in after:
                closed = new.get("additionalProperties") is False
                yield self.change(place, "the field is gone", breaking=not is_request or closed)
                continue
            if not is_request and name in before_required - after_required:
                yield self.change(place, "the field is optional now")
            yield from self.schemas(_Pair(schema, after[name], place, pair.level + 1), is_request=is_request)
        for name in after.keys() - before.keys() if not is_request else ():
            yield self.change(f"{pair.place}/{escaped(name)}", "the field is new", breaking=False)
        for name in sorted(after_required - before_required) if is_request else ():
            yield self.change(f"{pair.place}/{escaped(name)}", "the field is required now")


def _types_text(kinds: frozenset[str]) -> str:
    return " or ".join(sorted(kinds)) or "any"
