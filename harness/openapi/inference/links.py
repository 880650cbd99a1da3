"""Operations that no path groups, linked to things by the names of identifiers: POST /upload -> thing_id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.openapi.inference.answers import answer, id_pointer, list_shape, unwrapped
from harness.openapi.inference.calls import takes
from harness.openapi.inference.families import Family
from harness.openapi.inference.identifiers import PEOPLE
from harness.openapi.inference.many import of_many
from harness.openapi.inference.routes import body_fields, last_words, named
from harness.openapi.inference.words import (
    CREATE,
    DELETE,
    LIST,
    QUERY_FIELDS,
    READ,
    SEARCH,
    SEARCH_FIELDS,
    UPDATE,
    about,
    first_of,
    id_stem,
    singular,
    stem,
    words,
)
from harness.openapi.shapes import properties

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.model import Operation


@dataclass(frozen=True, slots=True)
class Linker:
    """Places loose operations of one document; `families` grows by things that only identifiers show."""

    root: Mapping[str, Any]
    families: list[Family]

    def link(self, loose: Iterable[Operation]) -> dict[str, str]:
        """Place what can be placed and return the reasons for the rest, by operation."""
        loose = list(loose)
        self._discover(loose)
        reasons: dict[str, str] = {}
        # Creating comes first: what an operation takes tells more once it is known what makes it.
        for operation in sorted(loose, key=lambda one: (not self._creates(one), one.method == "GET")):
            reason = self._place(operation)
            if reason:
                reasons[operation.id] = reason
        return reasons

    def _discover(self, loose: list[Operation]) -> None:
        """Make a family for an identifier that one operation answers and another one takes."""
        taken = {of for one in loose for name in takes(one, self.root) if (of := id_stem(name))}
        for operation in loose:
            thing = self._made(operation)
            if thing and thing in taken and not any(about(family.thing, thing) for family in self.families):
                self.families.append(Family(thing, f"{thing}_id"))

    def _made(self, operation: Operation) -> str | None:
        """Return the thing whose identifier a POST answers without having been given it."""
        if operation.method != "POST":
            return None
        given = takes(operation, self.root)
        names = [name for name in properties(self.root, answer(operation)) if name not in given]
        stems = [of for name in names if (of := id_stem(name)) and of not in PEOPLE]
        if stems:
            return stems[0]
        nouns = [singular(word) for word in last_words(operation) if word not in CREATE]
        has_id = any(id_stem(name) == "" for name in names)
        return nouns[-1] if has_id and nouns and set(last_words(operation)) & CREATE else None

    def _creates(self, operation: Operation) -> bool:
        return self._made(operation) is not None

    def _place(self, operation: Operation) -> str | None:
        many = of_many(operation, self.families, self.root)
        if many is not None:
            family, name = many
            family.take("bulk", operation, f"it takes the identifiers of many as {name or 'its body'}", name)
            return None
        made = self._made(operation)
        carried = self._carried(operation)
        if made and self._create(operation, made, carried):
            return None
        if carried is not None:
            return self._with_id(operation, *carried)
        if operation.method in {"PUT", "PATCH", "DELETE"}:
            return "it changes without naming one thing, so it may change many at once"
        is_list = list_shape(self.root, answer(operation)) is not None or self._searches(operation)
        return self._list(operation) if is_list else self._unplaced(operation)

    def _searches(self, operation: Operation) -> bool:
        """Whether an operation of whose answer nothing is known takes words to search for, and is named for a thing."""
        silent = operation.method == "GET" and answer(operation) is None and query_field(operation, self.root)
        return bool(silent) and self._listed(operation, {}) is not None

    def _create(self, operation: Operation, made: str, carried: tuple[Family, str] | None) -> bool:
        family = self._family(made)
        if family is None or family.has("create") or (carried is not None and carried[0] is family):
            return False
        family.take("create", operation, f"POST that answers the identifier of a {family.thing}")
        return True

    def _carried(self, operation: Operation) -> tuple[Family, str] | None:
        """Return the thing whose identifier the operation takes, and the field that holds it; required ones first."""
        required = {one.name for one in operation.parameters if one.required}
        fields = takes(operation, self.root)
        for name in sorted(fields, key=lambda one: one not in required):
            if fields[name] == "path":
                continue
            for family in self.families:
                of = id_stem(name)
                if name == family.parameter != "id" or (of and about(of, family.thing)):
                    return family, name
                if of == "" and any(about(singular(word), family.thing) for word in words(operation.path)):
                    return family, name
        return None

    def _with_id(self, operation: Operation, family: Family, carrier: str) -> str | None:
        found = set(last_words(operation))
        is_list = list_shape(self.root, answer(operation), family.thing) is not None
        if is_list and carrier not in body_fields(operation, self.root):
            return self._list(operation)
        verb = "action"
        if operation.method == "DELETE" or found & DELETE:
            verb = "delete"
        elif operation.method in {"PUT", "PATCH"} or found & UPDATE:
            verb = "update"
        elif operation.method == "GET" or found & READ:
            verb = "read"
        if verb in {"delete", "read"} and family.has(verb):
            verb = "action"
        family.take(verb, operation, f"it takes the identifier of a {family.thing} as {carrier}", carrier)
        return None

    def _list(self, operation: Operation) -> str | None:
        shape = list_shape(self.root, answer(operation), "_".join(last_words(operation)))
        family = self._listed(operation, shape.item if shape else {})
        if family is None:
            return "it answers a list of something that no operation creates"
        query = query_field(operation, self.root)
        searches = bool(set(last_words(operation)) & SEARCH) or operation.method == "POST" or family.has("list")
        verb = "search" if query and searches else "list"
        if family.has(verb):
            return f"it answers a list of {family.thing}, for which there is another {verb} already"
        if verb == "list" and operation.method != "GET" and not set(last_words(operation)) & LIST:
            return "it answers a list, but it is no GET and takes no query"
        family.take(
            verb, operation, f"it answers a list of {family.thing}" + (f", by {query}" if verb == "search" else "")
        )
        return None

    def _listed(self, operation: Operation, item: Mapping[str, Any]) -> Family | None:
        """Return the thing a list is of: named by the path, of the same fields, or whose identifier an item has."""
        fields = properties(self.root, item)
        parts = named(operation.path)
        told = {singular(word) for word in words(parts[-1])} | {stem(parts[-1])} if parts else set()
        for family in self.families:
            if any(about(word, family.thing) for word in told):
                return family
        same = next((family for family in self.families if fields and self._same_item(family, fields)), None)
        if same is not None:
            return same
        by_id = [family for family in self.families if family.parameter in fields and id_stem(family.parameter)]
        stems = {of for name in fields if (of := id_stem(name))}
        by_id += [family for family in self.families if any(about(of, family.thing) for of in stems)]
        return by_id[0] if by_id else None

    def _same_item(self, family: Family, fields: Mapping[str, Any]) -> bool:
        """Whether what a family answers when read has nearly the same fields."""
        own = [answer(one) for verb in ("read", "create") for one in family.operations.get(verb, ())]
        known = [unwrapped(self.root, schema).keys() for schema in own if schema]
        return any(len(fields.keys() & names) >= max(3, len(names) * 2 / 3) for names in known)

    def _family(self, thing: str) -> Family | None:
        exact = [family for family in self.families if family.thing == thing or family.parameter == f"{thing}_id"]
        return next(iter(exact), None) or next((family for family in self.families if about(family.thing, thing)), None)

    def _unplaced(self, operation: Operation) -> str:
        schema = answer(operation)
        if operation.method == "POST" and schema and id_pointer(self.root, schema, "", ""):
            return "it answers an identifier that no operation takes"
        if operation.method == "GET":
            return "it answers one object without an identifier of a known thing"
        return "neither its path nor what it takes or answers names a thing that is created"


def query_field(operation: Operation, root: Mapping[str, Any]) -> str | None:
    """Return the field that takes the words to search for."""
    given = [name for name, where in takes(operation, root).items() if where != "path"]
    return first_of(given, QUERY_FIELDS)


def searching_list(family: Family) -> Operation | None:
    """Return the list that also takes words to search for, under a name that says nothing else; None without one."""
    for operation in family.operations.get("list", ()):
        if first_of([one.name for one in operation.parameters if one.location == "query"], SEARCH_FIELDS):
            return operation
    return None
