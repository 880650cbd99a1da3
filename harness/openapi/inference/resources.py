"""From a family of operations to a resource of a scenario, with the evidence for each part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.openapi.examples import NoExampleError
from harness.openapi.inference.accounts import guest_fields
from harness.openapi.inference.identifiers import (
    acting_user,
    identifier,
    own_identifier,
    owner_field,
)
from harness.openapi.inference.links import query_field, searching_list
from harness.openapi.inference.listing import documented_list, item_identifier
from harness.openapi.inference.many import WHOLE, bulk_call, listing_by_ids
from harness.openapi.inference.nesting import Place, is_user, placed
from harness.openapi.inference.openness import Openness, openness
from harness.openapi.inference.owned_lists import users_in_path
from harness.openapi.inference.paging import pagination
from harness.openapi.inference.publication import PUBLISHING, private_and_public
from harness.openapi.inference.routes import last_words
from harness.openapi.inference.updates import changed
from harness.openapi.inference.values import InferredResource
from harness.openapi.inference.words import shown
from harness.scenario.schema import ActionCall, Call, CreateCall, ListCall, ResourceSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model import Operation
    from harness.openapi.inference.calls import Caller, Draft
    from harness.openapi.inference.families import Family

SETTLE_SECONDS = 15.0


@dataclass(slots=True)
class Builder:
    """Turns the families of one document into resources, parents before children."""

    root: Mapping[str, Any]
    caller: Caller
    built: dict[int, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    reasons: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    private: set[str] = field(default_factory=set)

    def build(self, family: Family, parents: Mapping[str, Family]) -> InferredResource | None:
        """Return the resource, or None with a reason for each of its operations in `reasons`.

        `parents` are things that can be created, by name: a required field that names one makes it the parent.
        """
        return _Building(self, family, parents).resource()

    def name(self, family: Family) -> str:
        """Return a name that no other resource has."""
        name, above = family.thing, family.parent
        while name in self.names and above is not None:
            name, above = f"{above.thing}_{name}", above.parent
        number = 2
        while name in self.names:
            name, number = f"{family.thing}_{number}", number + 1
        return name


@dataclass(slots=True)
class _Building:
    """One resource in the making."""

    builder: Builder
    family: Family
    parents: Mapping[str, Family]
    evidence: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    calls: dict[str, Any] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)
    open: Openness = field(default_factory=Openness)

    def resource(self) -> InferredResource | None:
        problem = self._problem()
        place = Place() if problem else placed(self.family, self.builder.built, self.parents, self.builder.root)
        parent, known = place.parent, place.known
        self.evidence += place.evidence
        self.assumed += place.assumed
        create = None if problem else self._create(known)
        if create is None:
            if problem is None:
                problem = self.builder.reasons.get(self.family.operations["create"][0].id, "it cannot be created")
            for _, operation in self.family.all():
                self.builder.reasons.setdefault(operation.id, problem)
            return None
        made = self.family.operations["create"][0]
        self.calls["create"], self.calls["create_public"] = private_and_public(create, made, self.builder.root)
        self.open = openness(self.family)
        for verb, operation in self.family.all():
            if operation.id in self.open.index:
                self.builder.roles[operation.id] = f"{self.family.thing}: a list for everybody"
            elif verb != "create":
                self._add(verb, operation, known)
        searched = searching_list(self.family) if "search" not in self.calls else None
        if searched is not None:
            self._add_list("search", searched, known)
        return self._finished(parent)

    def _problem(self) -> str | None:
        """Return why nothing of this thing can be created, if so."""
        family = self.family
        if not family.has("create"):
            return f"no operation creates a {family.thing}"
        above = family.parent
        if above is not None and id(above) not in self.builder.built and not is_user(above):
            return f"it is below a {above.thing}, which cannot be created"
        return None

    def _create(self, known: Mapping[str, str]) -> CreateCall | None:
        operation = self.family.operations["create"][0]
        found = identifier(operation, self.family, self.builder.root)
        if isinstance(found, str):
            self.builder.reasons[operation.id] = found
            return None
        where = found.where
        self.assumed += [found.assumed] if found.assumed else []
        own = own_identifier(operation, where, self.builder.root)
        self.assumed += [f"{operation.id} requires {name}: each object gets another one" for name in own]
        chosen = {found.chosen: "h-{nonce}"} if found.chosen else own
        draft = self._draft(operation, {**known, **chosen}, whole=True)
        if draft is None:
            return None
        if operation.method == "PUT":
            draft.values["path"] = {**draft.values.get("path", {}), self.family.parameter: "h-{nonce}"}
        self._say("create", operation, f"identifier at {shown(where)}")
        if not draft.carries_marker:
            self.assumed.append(
                f"no text of {operation.id} can carry a marker, so objects are told apart by identifier"
            )
        return CreateCall(**draft.values, id=where)

    def _draft(
        self, operation: Operation, known: Mapping[str, str], text: str = "{marker}", *, whole: bool = False
    ) -> Draft | None:
        named = {**acting_user(operation, self.builder.root, self.parents), **self._users_in_path(operation)}
        self.assumed += [f"{name} of {operation.id} is the acting user" for name in named.keys() - known.keys()]
        known = {**named, **known}
        carrier = self.family.carriers.get(operation.id)
        if carrier:
            known[carrier] = "{id}"
        try:
            return self.builder.caller.draft(operation, known, text=text, whole=whole)
        except NoExampleError as error:
            self.builder.reasons[operation.id] = f"no valid request could be made: {error}"
            return None

    def _users_in_path(self, operation: Operation) -> dict[str, str]:
        """Return placeholders for the users that a path names; what is created itself, or is above that, is none."""
        things, above = {self.family.parameter}, self.family.parent
        while above is not None:
            things |= {above.parameter} if id(above) in self.builder.built else set()
            above = above.parent
        return {name: value for name, value in users_in_path(operation) if name not in things}

    def _add(self, verb: str, operation: Operation, known: Mapping[str, str]) -> None:
        if verb in {"list", "search"}:
            self._add_list(verb, operation, known)
            return
        if verb == "bulk":
            self._add_bulk(operation, known)
            return
        known = {**known, **guest_fields(operation, self.builder.root)} if verb == "admit" else known
        draft = self._changing(operation, known) if verb == "update" else self._draft(operation, known)
        if draft is None:
            return
        if verb == "update" and draft.carries_marker:
            given = draft.values.get("body")
            body = {} if given is None else {"body": changed(given, self.calls["create"])}
            self.calls.setdefault("update", []).append(Call(**draft.values | body))
        elif verb in {"action", "update"}:
            self._add_action(operation, draft)
        else:
            self.calls[verb] = Call(**draft.values)
        self._say(verb, operation)

    def _changing(self, operation: Operation, known: Mapping[str, str]) -> Draft | None:
        """Draft an update: of an identifier that the body requires, and of everything where it requires nothing."""
        required = own_identifier(operation, self.calls["create"].id, self.builder.root)
        known = {**known, **dict.fromkeys(required, "{id}")}
        draft = self._draft(operation, known)
        if draft is not None and not draft.carries_marker:
            self.assumed.append(f"no text of {operation.id} can carry a marker, so it is judged as an action")
            return self._draft(operation, known, whole=True)
        return draft

    def _add_action(self, operation: Operation, draft: Draft) -> None:
        name = "-".join(last_words(operation)) or operation.method.lower()
        taken = {one.name for one in self.calls.get("action", ())}
        name = name if name not in taken else f"{operation.method.lower()}-{name}"
        call = ActionCall(**draft.values, name=name, publishes=name in PUBLISHING)
        self.calls.setdefault("action", []).append(call)

    def _add_bulk(self, operation: Operation, known: Mapping[str, str]) -> None:
        try:
            call = bulk_call(self.builder.caller, operation, self.family.carriers.get(operation.id, WHOLE), known)
        except NoExampleError as error:
            self.builder.reasons[operation.id] = f"no valid request could be made: {error}"
            return
        self.calls.setdefault("bulk", []).append(call)
        self._say("bulk", operation)

    def _add_list(self, verb: str, operation: Operation, known: Mapping[str, str]) -> None:
        found = documented_list(operation, self.builder.root, self.assumed)
        query = query_field(operation, self.builder.root) if verb == "search" else None
        known = {**known, query: "{query}"} if query else known
        draft = self._draft(operation, known, "{query}" if verb == "search" else "{marker}") if found else None
        if found is None or draft is None:
            self.builder.reasons.setdefault(operation.id, "its answer documents no list")
            return
        where = item_identifier(operation, found, self.family, self.builder.root, self.assumed)
        if found.total and "total" not in found.total.lower():
            self.assumed.append(f"{operation.id}: {found.total!r} is taken to count all items, not those of one page")
        pages = pagination(operation, found)
        self.calls[verb] = ListCall(**draft.values, items=found.items, id=where, total=found.total, pagination=pages)
        by_ids = listing_by_ids(self.builder.caller, operation, known) if verb == "list" else None
        if by_ids is not None:
            self.calls.setdefault("bulk", []).append(by_ids)
        paging = (f", by {query}" if query else "") + (f", pages by {pages.parameter}" if pages else "")
        self._say(verb, operation, f"items at {shown(found.items)}, identifier at {shown(where)}{paging}")

    def _say(self, verb: str, operation: Operation, more: str = "") -> None:
        self.done.setdefault(operation.id, verb)
        self.evidence.append(f"{verb}: {operation.id}: {self.family.why[operation.id]}{f'; {more}' if more else ''}")

    def _finished(self, parent: str | None) -> InferredResource:
        name = self.builder.name(self.family)
        self.builder.names.add(name)
        self.builder.built[id(self.family)] = name
        self.builder.private |= self.open.private
        told = [
            f"{one} asks for no credential by its document, others do: taken as private" for one in self.open.private
        ]
        self.assumed += sorted(told) + ["everybody may see it by its document"] * self.open.readable
        self.builder.roles |= {operation: f"{name}: {verb}" for operation, verb in self.done.items()}
        if "list" in self.calls:
            self.calls["listing"] = self.calls.pop("list")
        answered = {
            response.status
            for response in self.family.operations["create"][0].responses
            if response.status.startswith("2")
        }
        settle = SETTLE_SECONDS if answered == {"202"} else 0.0
        if settle:
            self.evidence.append(f"settle: create answers 202, so a write may take up to {settle:g} s to show")
        owner = owner_field(self.family, self.builder.root)
        self.evidence += [f"owner: the answers have a field {owner}"] * bool(owner)
        spec = ResourceSpec(
            readable=self.open.readable, name=name, parent=parent, settle=settle, owner_field=owner, **self.calls
        )
        return InferredResource(spec=spec, evidence=tuple(self.evidence), assumed=tuple(self.assumed))
