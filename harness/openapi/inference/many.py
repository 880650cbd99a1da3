"""Operations on many things at once: which field takes the list of their identifiers, and of which thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.openapi.examples import NoExampleError
from harness.openapi.inference.calls import takes
from harness.openapi.inference.routes import last_words
from harness.openapi.inference.words import ID_WORDS, about, singular, stem, words
from harness.openapi.shapes import flattened, properties, types_of
from harness.scenario.schema import ActionCall

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from harness.model import Operation
    from harness.openapi.inference.calls import Caller
    from harness.openapi.inference.families import Family

WHOLE = ""
"""Stands for the field where the body is the list itself."""
SCALARS = frozenset({"string", "integer"})


def of_many(operation: Operation, families: Iterable[Family], root: Mapping[str, Any]) -> tuple[Family, str] | None:
    """Return the thing that an operation takes many identifiers of, and the field that takes them."""
    for name, of in _lists(operation, root):
        for family in families:
            if (of and about(of, family.thing)) or (not of and _is_below(operation, family)):
                return family, name
    return None


def only_of_many(operation: Operation, root: Mapping[str, Any]) -> bool:
    """Whether lists of identifiers are all that an operation takes, so that it looks up and does not search."""
    names = {name for name, where in takes(operation, root).items() if where != "path"}
    return bool(names) and names <= {name for name, _ in _lists(operation, root)}


def bulk_call(caller: Caller, operation: Operation, name: str, known: Mapping[str, str]) -> ActionCall:
    """Return the call with placeholders for the identifiers. Raises NoExampleError where it cannot be made."""
    parameter = next((one for one in operation.parameters if one.name == name), None)
    joined = parameter is not None and "array" not in types_of(flattened(caller.root, parameter.schema))
    draft = caller.draft(operation, {**known, name: "{id_list}" if joined else "{ids}"})
    values = {**draft.values, "body": "{ids}"} if name == WHOLE else draft.values
    return ActionCall(**values, name="-".join(last_words(operation)) or operation.method.lower())


def listing_by_ids(caller: Caller, operation: Operation, known: Mapping[str, str]) -> ActionCall | None:
    """Return the call that asks a list for things by identifier, None where the list offers no such filter."""
    name = next((name for name, _ in _lists(operation, caller.root)), None)
    try:
        return bulk_call(caller, operation, name, known).model_copy(update={"name": "list-by-ids"}) if name else None
    except NoExampleError:
        return None


def _lists(operation: Operation, root: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Walk the fields that take a list of identifiers, each with what it is about; "" where its name does not say."""
    for one in operation.parameters:
        if one.location == "query" and (of := _ids(one.name)) is not None:
            yield one.name, of
    for body in operation.bodies:
        for name, schema in properties(root, body.schema).items():
            of = _ids(name)
            if of is not None and "array" in types_of(schema) and _is_scalar(root, schema):
                yield name, of
        flat = flattened(root, body.schema or {})
        of = _ids(str(flat.get("title", "")).rpartition(" ")[2])
        if of is not None and "array" in types_of(flat) and _is_scalar(root, flat):
            yield WHOLE, of


def _ids(name: str) -> str | None:
    """Return what the name of a list of identifiers is about: "note" for note_ids, "" for ids, None for any other."""
    found = words(name)
    if not found or not found[-1].endswith("s") or singular(found[-1]) not in ID_WORDS:
        return None
    return stem("_".join(found[:-1])) if len(found) > 1 else ""


def _is_scalar(root: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    return bool(types_of(flattened(root, schema.get("items", {}))) & SCALARS)


def _is_below(operation: Operation, family: Family) -> bool:
    return any(about(singular(word), family.thing) for word in words(operation.path))
