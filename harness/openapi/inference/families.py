"""Operations grouped by the thing they are about: by the shape of paths first, by names of identifiers then."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.openapi.inference.answers import answer, list_shape
from harness.openapi.inference.many import only_of_many
from harness.openapi.inference.routes import is_version, last_words, segments
from harness.openapi.inference.words import (
    CREATE,
    DELETE,
    LIST,
    SEARCH,
    UPDATE,
    USER_WORDS,
    about,
    id_stem,
    singular,
    stem,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from harness.model import Operation

GENERIC = frozenset({"api", "rest", "service", "services", "public"})
USERS = frozenset({"username", "userid", "login", "owner"})
VERBS = ("create", "read", "list", "search", "update", "delete", "action", "bulk", "admit")
_ITEM_VERBS = {"GET": "read", "PUT": "update", "PATCH": "update", "POST": "update", "DELETE": "delete"}


@dataclass(slots=True, eq=False)
class Family:
    """A thing, the operations on it by verb, and why they are thought to be that.

    `item` and `collection` are path shapes (variables without names); `carriers` tells for an operation which field
    holds the identifier where its path does not.
    """

    thing: str
    parameter: str = ""
    item: str = ""
    collection: str = ""
    parent: Family | None = None
    operations: dict[str, list[Operation]] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    carriers: dict[str, str] = field(default_factory=dict)

    def take(self, verb: str, operation: Operation, why: str, carrier: str = "") -> None:
        """Give the operation its verb here."""
        self.operations.setdefault(verb, []).append(operation)
        self.why[operation.id] = why
        if carrier:
            self.carriers[operation.id] = carrier

    def has(self, verb: str) -> bool:
        """Whether some operation has this verb."""
        return bool(self.operations.get(verb))

    def all(self) -> list[tuple[str, Operation]]:
        """Return every verb with its operation."""
        return [(verb, one) for verb in VERBS for one in self.operations.get(verb, ())]


def shape(path: str) -> str:
    """Return a path with its variables unnamed, so that /a/{x} and /a/{y} are one."""
    return re.sub(r"\{[^}]*\}", "{}", path.rstrip("/"))


def families_by_path(operations: Iterable[Operation], root: Mapping[str, Any]) -> tuple[list[Family], list[Operation]]:
    """Return the families that paths show, parents first, and the operations that belong to none."""
    operations = list(operations)
    families = _items(operations)
    _collections(operations, families, root)
    by_collection = {family.collection: family for family in families.values() if family.collection}
    loose = [one for one in operations if not _placed(one, families, by_collection, root)]
    collected = {shape(one.path) for one in operations}
    found = [family for family in families.values() if not _joins(family, list(families.values()), collected)]
    return found, loose


def _joins(family: Family, others: list[Family], collected: Container[str]) -> bool:
    """Give what is asked of a known thing under another path to that thing: GET /orders/status/{order_id}.

    False where the path has a collection of its own, or more below it.
    """
    of = id_stem(family.parameter)
    apart = family.collection in collected or family.parent is not None or any(one.parent is family for one in others)
    if not of or apart or about(of, family.thing):
        return False
    other = next((one for one in others if one is not family and one.thing == of and one.parent is None), None)
    if other is None:
        return False
    for verb, operation in family.all():
        free = verb == "update" or (verb in {"read", "delete"} and not other.has(verb))
        other.take(verb if free else "action", operation, f"it takes the identifier of a {of} under another path")
    return True


def take_puts(families: Iterable[Family]) -> None:
    """Where nothing else creates a thing that can be read under a name of the caller's choosing, PUT does.

    Users come to be elsewhere: a PUT on one of them changes an account.
    """
    for family in families:
        if singular(family.thing) in USER_WORDS:
            continue
        updates = family.operations.get("update", ())
        put = next((one for one in updates if one.method == "PUT" and shape(one.path) == family.item), None)
        if put and family.has("read") and not family.has("create") and _is_chosen(put, family.parameter):
            family.take("create", put, f"PUT on a path that ends in {{{family.parameter}}}; nothing else creates one")


def _is_chosen(operation: Operation, parameter: str) -> bool:
    """Whether a path variable is a name that a caller may choose: a text, and no identifier unless PUT answers 201."""
    schema = next((one.schema for one in operation.parameters if one.name == parameter), None) or {}
    answers = {one.status for one in operation.responses}
    text = schema.get("type") == "string" and "format" not in schema and "enum" not in schema
    return text and (id_stem(parameter) is None or words(parameter)[-1] == "key" or "201" in answers)


def _items(operations: list[Operation]) -> dict[str, Family]:
    """Make a family for each path, or beginning of one, that ends in a variable."""
    found: dict[str, Family] = {}
    for operation in sorted(operations, key=lambda one: len(segments(one.path))):
        parts, parent = segments(operation.path), None
        for index, part in enumerate(parts):
            variable = re.fullmatch(r"\{([^}]*)\}", part)
            if variable is None:
                continue
            prefix = shape("/" + "/".join(parts[: index + 1]))
            if prefix not in found:
                before = _before(parts[:index])
                if not set(words(before)) - GENERIC and _names_a_user(variable[1]):
                    before = ""  # /api/{username}/notes: what is below is a user's
                thing = stem(before) or _named_by(variable[1])
                collection = prefix.rpartition("/")[0] if before else ""
                found[prefix] = Family(thing, variable[1], prefix, collection, parent)
            parent = found[prefix]
    return found


def _names_a_user(variable: str) -> bool:
    found = words(variable)
    return bool(found) and (found[0] in USER_WORDS or "".join(found) in USERS)


def _named_by(variable: str) -> str:
    """Return what a variable stands for by its own name; a user's name stands for the user."""
    return "user" if _names_a_user(variable) else id_stem(variable) or stem(variable) or "thing"


def _before(parts: list[str]) -> str:
    """Return the segment that names what a variable after these stands for, "" for none."""
    told = [part for part in parts[-2:] if not is_version(part)]
    return told[-1] if told and "{" not in told[-1] else ""


def _collections(operations: list[Operation], families: dict[str, Family], root: Mapping[str, Any]) -> None:
    """Make a family for each path that creates and lists, though nothing addresses one of its things."""
    known = {family.collection for family in families.values()}
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        by_path.setdefault(shape(operation.path), {})[operation.method] = operation
    for path, methods in by_path.items():
        if path in known or path in families or not {"GET", "POST"} <= methods.keys():
            continue
        name = segments(path)[-1] if segments(path) else ""
        name = _before(segments(path)) if is_version(name) else name
        if name and list_shape(root, answer(methods["GET"]), name) is not None:
            owner = next(
                (families[one] for one in sorted(families, key=len, reverse=True) if path.startswith(f"{one}/")), None
            )
            families[path + "/*"] = Family(stem(name) or "thing", "", "", path, owner)


def _placed(
    operation: Operation, families: dict[str, Family], collections: dict[str, Family], root: Mapping[str, Any]
) -> bool:
    path = shape(operation.path)
    if path in families:
        return _on_item(operation, families[path])
    if path in collections:
        return _on_collection(operation, collections[path], root)
    head, _, tail = path.rpartition("/")
    if head in collections and "{" not in tail and _below_collection(operation, collections[head], root):
        return True
    for prefix in sorted((one for one in families if path.startswith(f"{one}/")), key=len, reverse=True):
        if "{" not in path[len(prefix) :]:
            return _below_item(operation, families[prefix], path[len(prefix) + 1 :])
    return False


def _on_item(operation: Operation, family: Family) -> bool:
    verb = _ITEM_VERBS.get(operation.method)
    if verb is None or (verb in {"read", "delete"} and family.has(verb)):
        return False
    family.take(verb, operation, f"{operation.method} on a path that ends in {{{family.parameter}}}")
    return True


def _on_collection(operation: Operation, family: Family, root: Mapping[str, Any]) -> bool:
    if operation.method == "POST" and not family.has("create"):
        family.take("create", operation, "POST on the path that the items are below")
        return True
    schema = answer(operation)
    if operation.method == "GET" and (schema is None or list_shape(root, schema, _before(segments(operation.path)))):
        family.take(
            "list", operation, "GET on the path that the items are below" + (", answers an array" if schema else "")
        )
        return True
    return False


def _below_collection(operation: Operation, family: Family, root: Mapping[str, Any]) -> bool:
    found = set(last_words(operation))
    is_list = list_shape(root, answer(operation), family.thing) is not None or answer(operation) is None
    searches = found & SEARCH and not only_of_many(operation, root)
    if searches and operation.method in {"GET", "POST"} and is_list and not family.has("search"):
        family.take("search", operation, f"its path says {', '.join(sorted(found & SEARCH))}, and it answers a list")
        return True
    if found & CREATE and operation.method in {"POST", "PUT"} and not family.has("create"):
        family.take("create", operation, f"its path says {', '.join(sorted(found & CREATE))}")
        return True
    if found & LIST and operation.method == "GET" and is_list and not family.has("list"):
        family.take("list", operation, f"its path says {', '.join(sorted(found & LIST))}")
        return True
    return False


def _below_item(operation: Operation, family: Family, tail: str) -> bool:
    found = set(last_words(operation))
    why = f"its path goes on after {{{family.parameter}}} with {tail}"
    if operation.method in {"POST", "PUT", "PATCH"} and found & UPDATE:
        family.take("update", operation, why)
    elif operation.method in {"POST", "DELETE"} and found & DELETE and "/" not in tail and not family.has("delete"):
        family.take("delete", operation, why)
    elif operation.method in _ITEM_VERBS:
        family.take("action", operation, why)
    else:
        return False
    return True
