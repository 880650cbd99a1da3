"""Requests that name an object: asked of another user's object, of one that nothing has, and of an own one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from harness.expect import refusal
from harness.openapi.options import options
from harness.openapi.shapes import properties, types_of
from harness.requests import is_json_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Headers, Identity, Request
    from harness.scenario.schema import Call


WITH_BODY = frozenset({"update", "action", "delete"})
UNMET = frozenset({304, 412})
NO_SUCH_TAG: Headers = (("If-Match", '"harness"'),)
NONE_AT_ALL: Headers = (("If-None-Match", "*"),)
MOST = 6
"""How many optional members are asked with, one at a time: each takes a dozen requests."""
CONDITIONS = (("read", NONE_AT_ALL), ("update", NO_SUCH_TAG), ("update", NONE_AT_ALL), ("delete", NO_SUCH_TAG))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One operation on one object; `kind` is the verb, and `resource` what the object in the path is.

    `condition` are headers that no object fits (RFC 9110, section 13), or none that is there: whose an object is must
    be asked before. `member` is what the body says beside that; `wrong` where no body may say so.
    """

    kind: str
    operation: str
    resource: BoundResource
    call: Call
    below: BoundResource | None = None
    condition: Headers = ()
    member: Mapping[str, Any] = field(default_factory=dict)
    wrong: bool = False

    @property
    def name(self) -> str:
        """The operation, and what is asked beside what it must be: under a condition, or with another member."""
        beside = self.condition[0][0] if self.condition else json.dumps(self.member) if self.member else ""
        return f"{self.operation} ({beside})" if beside else self.operation

    def answered(self, control: Exchange) -> bool:
        """Whether this is how an own object is answered: with success, that no condition holds, or that it is wrong."""
        unmet = bool(self.condition) and control.status in UNMET
        return control.ok or unmet or (self.wrong and refusal(control) is not None)

    async def request(self, asker: Identity, owned: Owned) -> Request:
        """Return the request of this operation that names `owned`, with the content of the asker."""
        if self.below is not None:
            return await self._below(asker, owned)
        marker = asker_marker(self.resource.lab, asker)
        request = self.resource.request(
            self.kind if self.kind != "head" else "read", owned, call=self.call, marker=marker
        )
        request = replace(request, headers=(*request.headers, *self.condition))
        if self.member:
            request = replace(request, body=json.dumps({**json.loads(request.body), **self.member}).encode())
        return replace(request, method="HEAD", operation=self.operation) if self.kind == "head" else request

    async def _below(self, asker: Identity, owned: Owned) -> Request:
        assert self.below is not None  # noqa: S101 -- the only caller has looked
        if self.kind == "create":
            request, _ = await self.below.creation(asker, asker_marker(self.below.lab, asker), parent=owned)
            return request
        child = replace(owned, resource=self.below.name, parents=owned.path_values)
        return self.below.request("list", child, call=self.call)


def asker_marker(lab: Lab, asker: Identity) -> Any:
    """Return a fresh marker of the asker, for what it may write."""
    return lab.session.markers.issue(lab.key(asker))


def questions(lab: Lab) -> Iterator[Question]:
    """Walk every operation that names an object of the scenario's resources."""
    for resource in lab.private_with("create"):
        for kind in ("read", "update", "action", "delete"):
            for call in resource.spec.calls(kind):
                yield Question(kind=kind, operation=call.operation, resource=resource, call=call)
        for kind, condition in CONDITIONS:
            for call in resource.spec.calls(kind):
                asked = Question(kind=kind, operation=call.operation, resource=resource, call=call)
                yield replace(asked, condition=condition)
        for child in (lab.resource(spec.name) for spec in lab.scenario.resource if spec.parent == resource.name):
            for kind in ("list", "create"):
                for call in child.spec.calls(kind):
                    yield Question(kind=kind, operation=call.operation, resource=resource, call=call, below=child)


async def with_members(question: Question, asker: Identity, owned: Owned) -> list[Question]:
    """Return a question again with members of its JSON body, as the document has them: a wrong one, then optional ones.

    What is looked up before a body is validated, or only for a member, answers otherwise than the plain question.
    """
    lab = question.resource.lab
    operation, document = lab.operation(question.operation), lab.session.document
    if question.condition or question.below or question.kind not in WITH_BODY or not operation or not document:
        return []
    request = await question.request(asker, owned)
    if not is_json_object(request):
        return []
    root, body = document.root, json.loads(request.body)
    schema = next((each.schema for each in operation.bodies), None) or {}
    free = {name: one for name, one in properties(root, schema).items() if name not in body and types_of(one)}
    wrong = [{name: [] if "object" in types_of(one) else {"harness": True}} for name, one in free.items()]
    right: dict[str, dict[str, Any]] = {}
    for each in options(root, schema, body):
        right.setdefault(next(iter(each)), each)
    return [
        *(replace(question, member=each, wrong=True) for each in wrong[:1]),
        *(replace(question, member=right[name]) for name in [name for name in free if name in right][:MOST]),
    ]


def nowhere(resource: BoundResource, owned: Owned) -> Owned:
    """Return an object at the same place as `owned` with an identifier that nothing has."""
    return replace(owned, id=resource.unknown_id(owned))


async def alive(owner: Identity, owned: Owned, resource: BoundResource) -> Exchange | None:
    """Return the exchange by which the owner finds the object, None if it is not found."""
    if not resource.looks:
        return owned.created
    view = await resource.seen(owner, owned, resource.looks[0])
    return view.last if view.found else None
