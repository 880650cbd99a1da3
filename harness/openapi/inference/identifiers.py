"""Where the identifier of what a call creates is: in its answer, in a header, or in the request itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.openapi.inference.answers import answer, id_pointer, open_wrapper, says_little, unwrapped
from harness.openapi.inference.words import OWNERS, USER_WORDS, about, first_of, id_stem, shown, stem, words
from harness.openapi.references import escaped
from harness.openapi.shapes import flattened, properties, types_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.model import Operation
    from harness.openapi.inference.families import Family


PEOPLE = USER_WORDS | {"owner", "author", "creator"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A place as `CreateCall.id` has it; `chosen` is the field of the request that the caller names it by."""

    where: str
    chosen: str | None = None
    assumed: str | None = None


def identifier(operation: Operation, family: Family, root: Mapping[str, Any]) -> Identifier | str:
    """Return where a creation tells the identifier, or why that is not known."""
    if operation.method == "PUT":
        told = f"{operation.id} makes a {family.thing} where there is none; the caller chooses {family.parameter}"
        return Identifier(where=f"path:{family.parameter}", chosen=family.parameter, assumed=told)
    schema = answer(operation)
    where = id_pointer(root, schema, family.parameter, family.thing)
    alone = types_of(flattened(root, schema or {})) in ({"string"}, {"integer"})
    if where is not None or alone:
        told = f"{operation.id} answers one value, which is taken to be the identifier"
        return Identifier(where=where or "", assumed=told if alone else None)
    headers = {name.lower() for one in operation.responses if one.status.startswith("2") for name in one.headers}
    if "location" in headers:
        return Identifier(where="location")
    chosen = _chosen(operation, family, root)
    if chosen is not None:
        told = f"the caller chooses {chosen}, by which a {family.thing} is addressed"
        return Identifier(where=f"request:/{chosen}", chosen=chosen, assumed=told)
    wrapper = open_wrapper(root, schema)
    if not wrapper and not says_little(root, schema):
        return "its answer names no identifier"
    return _by_convention(operation, family, root, wrapper)


def _by_convention(operation: Operation, family: Family, root: Mapping[str, Any], wrapper: str) -> Identifier:
    reads = [answer(one) for one in family.operations.get("read", ())]
    known = next((id_pointer(root, one, family.parameter, family.thing) for one in reads if one), None)
    places = (usual_places(family, wrapper) + _deeper(family) * (not wrapper)).split("|")
    where = "|".join(dict.fromkeys([f"{wrapper}{known}", *places] if known else places))
    says = f"names no field below {wrapper!r}" if wrapper else "documents no answer"
    return Identifier(where=where, assumed=f"{operation.id} {says}; the identifier is taken to be at {shown(where)}")


def usual_places(family: Family, wrapper: str = "") -> str:
    """Return where an answer that no document describes may have the identifier of a thing, the likeliest first.

    `wrapper` is a pointer to the object that holds the thing, where that is known.
    """
    own = _own(family)
    names = [name for name in dict.fromkeys([own, "id", family.parameter, f"{family.thing}_id", "_id"]) if name]
    places = [f"{wrapper}/{escaped(name)}" for name in names]
    places += [] if wrapper else [f"/data/{own}", f"/{escaped(family.thing)}/{own}"]
    return "|".join(places)


def _deeper(family: Family) -> str:
    """Return where the answer to a creation may have it else: in a member of any name."""
    names = dict.fromkeys([_own(family), f"{escaped(family.thing)}_id", "id"])
    return "".join(f"|/*/{name}" for name in names)


def _own(family: Family) -> str:
    return escaped(family.parameter) if id_stem(family.parameter) not in {"", family.thing, None} else "id"


def _chosen(operation: Operation, family: Family, root: Mapping[str, Any]) -> str | None:
    """Return the text of a request by whose name the paths of its thing go on."""
    fields = {name: one for body in operation.bodies for name, one in properties(root, body.schema).items()}
    name = family.parameter
    wanted = {"_".join(words(name)), f"{family.thing}_{name}"} if name else set()
    texts = (one for one, schema in fields.items() if "string" in types_of(schema))
    return next((one for one in texts if "_".join(words(one)) in wanted), None)


def own_identifier(operation: Operation, where: str, root: Mapping[str, Any]) -> dict[str, str]:
    """Return what stands for an identifier that the answer tells and the body requires as well: another one each time.

    Sent as an example it would be the same for every object.
    """
    if not where.startswith("/"):
        return {}
    names = {each.rpartition("/")[2] for each in where.split("|")}
    found: dict[str, str] = {}
    for body in operation.bodies:
        required = flattened(root, body.schema or {}).get("required", ())
        for name, schema in properties(root, body.schema).items():
            made = _another(schema) if name in names and name in required else None
            found |= {name: made} if made else {}
    return found


def _another(schema: Mapping[str, Any]) -> str | None:
    """Return a placeholder for a new value each time, where the schema allows one."""
    if schema.get("readOnly") or schema.keys() & {"enum", "const", "pattern", "maximum", "exclusiveMaximum"}:
        return None
    if schema.get("format") == "uuid":
        return "{uuid}"
    if schema.keys() & {"format", "maxLength"} - ({"format"} if "integer" in types_of(schema) else set()):
        return None
    return "h-{nonce}" if "string" in types_of(schema) else "{number}" if "integer" in types_of(schema) else None


def required_things(operation: Operation, root: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields that a body requires and that name another thing: the field, and what it is about.

    That is the name of an identifier, or a number or UUID that bears the name of the thing, as in Django.
    """
    return {name: of for name, (of, _) in _references(operation, root).items()}


def acting_user(operation: Operation, root: Mapping[str, Any], things: Iterable[str]) -> dict[str, str]:
    """Return placeholders for required fields and parameters that name a user: the caller, where it may be anybody.

    `things` are what users own: where they own customers, a customer is none of them.
    """
    owned = list(things)
    found = _references(operation, root)
    for one in operation.parameters:
        if one.location == "query" and one.required:
            found |= _reference(one.name, flattened(root, one.schema))
    return {
        name: "{user_number}" if "integer" in types_of(schema) else "{user}"
        for name, (of, schema) in found.items()
        if of in PEOPLE and not any(about(of, thing) for thing in owned)
    }


def _references(operation: Operation, root: Mapping[str, Any]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for body in operation.bodies:
        fields = properties(root, body.schema)
        for name in flattened(root, body.schema or {}).get("required", ()):
            found |= _reference(name, fields.get(name, {}))
    return found


def _reference(name: str, schema: Mapping[str, Any]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return what a field is about, if it holds an identifier of something else."""
    bare = "integer" in types_of(schema) or schema.get("format") == "uuid"
    of = id_stem(name) if id_stem(name) is not None or not bare else stem(name)
    return {name: (of, schema)} if of else {}


def owner_field(family: Family, root: Mapping[str, Any]) -> str | None:
    """Return the field by which the answers about a thing name its owner, None where they show none."""
    schemas = [answer(one) for verb in ("create", "read") for one in family.operations.get(verb, ())]
    found = (first_of(unwrapped(root, one), OWNERS) for one in schemas if one)
    return next((one for one in found if one), None)
