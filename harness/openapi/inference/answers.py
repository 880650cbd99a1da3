"""What the documented answers tell: identifiers, lists, counts and cursors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.openapi.inference.words import ID_WORDS, ITEMS, NEXT, TOTALS, about, first_of, id_stem, words
from harness.openapi.references import escaped
from harness.openapi.shapes import flattened, properties, types_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.model import Body, Operation

WRAPPERS = ("data", "result", "item", "response", "payload", "attributes")
NAMES = ("slug", "handle", "key", "pk", "sha")
TIDINGS = frozenset(
    {"status", "message", "msg", "success", "ok", "code", "detail", "details", "error", "errors", "result", "timestamp"}
)
_HOLDERS = ("meta", "pagination", "paging", "page_info")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListShape:
    """A documented list: pointers to the array, count, next cursor and link to the next page; the schema of an item."""

    items: str
    item: Mapping[str, Any]
    total: str | None = None
    next: str | None = None
    link: str | None = None


def json_schema(bodies: Iterable[Body]) -> Mapping[str, Any] | None:
    """Return the schema of the JSON among some bodies; None where there is no JSON or it says nothing."""
    for body in bodies:
        media = body.media_type.partition(";")[0].strip().lower()
        if (media in {"application/json", "*/*"} or media.endswith("+json")) and not _is_anything(body.schema):
            return body.schema
    return None


def _is_anything(schema: Mapping[str, Any] | None) -> bool:
    """Whether a schema says no more than that there is JSON, or some object."""
    rest = {name: one for name, one in (schema or {}).items() if name not in {"title", "description", "nullable"}}
    return rest in ({}, {"type": "object"}, {"type": "object", "additionalProperties": True})


def answer(operation: Operation) -> Mapping[str, Any] | None:
    """Return the schema of the JSON that a success answers."""
    for response in sorted(operation.responses, key=lambda one: one.status):
        if response.status.startswith("2"):
            schema = json_schema(response.bodies)
            if schema is not None:
                return schema
    return None


def list_shape(root: Mapping[str, Any], schema: Mapping[str, Any] | None, plural: str = "") -> ListShape | None:
    """Return the list in a schema: a bare array, or an envelope with one array of objects (below `data` too)."""
    flat = flattened(root, schema or {})
    if "array" in types_of(flat):
        return ListShape(items="", item=flattened(root, flat.get("items", {})))
    return _envelope(root, flat, plural, "")


def _envelope(root: Mapping[str, Any], flat: Mapping[str, Any], plural: str, place: str) -> ListShape | None:
    fields = properties(root, flat)
    arrays = {name: one for name, one in fields.items() if "array" in types_of(one)}
    name = first_of(arrays, [*([plural] if plural else []), *ITEMS])
    if name is None:
        holding = [one for one in arrays if _is_object(root, arrays[one].get("items"))]
        name = holding[0] if len(holding) == 1 and _is_envelope(fields, holding[0]) else None
    if name is not None:
        return ListShape(
            items=f"{place}/{escaped(name)}",
            item=flattened(root, arrays[name].get("items", {})),
            total=_pointer_to(root, flat, TOTALS, place, {"integer"}),
            next=_pointer_to(root, flat, NEXT, place, {"string"}),
            link=_link(root, fields),
        )
    wrapper = first_of([one for one in fields if one not in arrays], WRAPPERS) if not place else None
    return _envelope(root, fields[wrapper], plural, f"/{escaped(wrapper)}") if wrapper else None


def _link(root: Mapping[str, Any], fields: Mapping[str, Any]) -> str | None:
    """Return where an envelope has the address of the next page, as JSON:API (`links`) or HAL (`_links`) have it."""
    for holder in ("links", "_links"):
        following = properties(root, fields.get(holder, {})).get("next")
        if following is not None:
            return f"/{holder}/next" + ("/href" if "href" in properties(root, following) else "")
    return None


def _is_object(root: Mapping[str, Any], schema: Any) -> bool:
    flat = flattened(root, schema)
    return "object" in types_of(flat) or "properties" in flat


def _is_envelope(fields: Mapping[str, Any], array: str) -> bool:
    """An object with an identifier of its own is a thing that has parts, not a list of things."""
    return not any(id_stem(name) == "" for name in fields if name != array)


def _pointer_to(
    root: Mapping[str, Any], flat: Mapping[str, Any], names: tuple[str, ...], place: str, kinds: set[str]
) -> str | None:
    fields = properties(root, flat)
    fitting = [name for name, one in fields.items() if types_of(one) & kinds or not types_of(one)]
    found = first_of(fitting, names)
    if found is not None:
        return f"{place}/{escaped(found)}"
    holder = first_of([one for one in fields if "object" in types_of(fields[one])], _HOLDERS)
    return _pointer_to(root, fields[holder], names, f"{place}/{escaped(holder)}", kinds) if holder else None


def id_pointer(root: Mapping[str, Any], schema: Mapping[str, Any] | None, parameter: str, thing: str) -> str | None:
    """Return where the identifier of a `thing` is in an object: named as the path parameter, as id, or as thing_id."""
    fields = properties(root, schema or {})
    found = _id_field(fields, parameter, thing)
    if found is not None:
        return f"/{escaped(found)}"
    for wrapper in (thing, *WRAPPERS):
        if wrapper in fields:
            found = _id_field(properties(root, _thing(fields[wrapper])), parameter, thing)
            if found is not None:
                return f"/{escaped(wrapper)}/{escaped(found)}"
    return None


def _thing(schema: Mapping[str, Any]) -> Any:
    """Return what a wrapper holds; some documents write `items` without saying that it is an array, and it is none."""
    return schema if types_of(schema) or "properties" in schema else schema.get("items", schema)


def open_wrapper(root: Mapping[str, Any], schema: Mapping[str, Any] | None) -> str:
    """Return a pointer to the object that an answer wraps a thing into, of fields of any name; "" if there is none.

    That is one of a usual name, else the only object of which the document says nothing.
    """
    fields = properties(root, schema or {})
    objects = [one for one in fields if types_of(fields[one]) == {"object"}]
    told = [one for one in objects if fields[one].get("properties")]
    undescribed = [one for one in objects if one not in told]
    name = first_of(objects, WRAPPERS) or (undescribed[0] if len(undescribed) == 1 else None)
    if name is None or (name in told and not isinstance(fields[name].get("additionalProperties"), dict)):
        return ""
    return f"/{escaped(name)}"


def says_little(root: Mapping[str, Any], schema: Mapping[str, Any] | None) -> bool:
    """Whether a document describes no more of an answer than that all went well."""
    return all("_".join(words(name)) in TIDINGS for name in properties(root, schema or {}))


def _id_field(fields: Mapping[str, Any], parameter: str, thing: str) -> str | None:
    scalar = [name for name, one in fields.items() if not types_of(one) & {"object", "array", "boolean"}]
    if parameter in scalar and parameter:
        return parameter
    own = id_stem(parameter) if parameter else ""
    bare = [name for name in scalar if id_stem(name) == ""]
    if parameter and own != "" and (last := parameter.rpartition("_")[2]) in bare:
        return last
    found = first_of(bare, ID_WORDS[:5])
    named = [name for name in scalar if (of := id_stem(name)) and (about(of, thing) or (own and about(of, own)))]
    found = found or (named[0] if named else "_id" if "_id" in scalar else None)
    # A variable that is called by the thing, /spaces/{space}, says that the thing has a name, not which field that is.
    return found or (first_of(bare, NAMES) if parameter and not own else None)


def unwrapped(root: Mapping[str, Any], schema: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """Return the properties of an object, or of the one object in it."""
    fields = properties(root, schema)
    only = properties(root, next(iter(fields.values()))) if len(fields) == 1 else {}
    return only or fields
