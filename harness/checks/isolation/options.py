"""Authorization that hangs on an option (CWE-639): whatever a request says beside what it must, others stay hidden."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped
from harness.lab import genuine
from harness.lab.resource import with_query
from harness.model import Needs, Severity
from harness.openapi.options import options as members
from harness.openapi.options import values
from harness.registry import check
from harness.scenario.schema import ListCall

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation, Operation, Request
    from harness.scenario.schema import Call


VERBS = ("list", "search", "action")
MEDIA_TYPES = ("text/csv", "application/xml", "application/x-ndjson")


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.list", "isolation.search", "isolation.action"],
    needs=Needs(users=2, operations=("create",), features=("document",)),
    owasp="API1:2023",
    cwe=639,
)
async def options(lab: Lab) -> AsyncIterator[Observation]:
    """No option of a list, a search or an action opens another user's objects."""
    await genuine(lab, (await lab.two_users())[0])
    private = lab.private_with("create")
    asked = [(resource, verb, call) for resource in private for verb in VERBS for call in resource.spec.calls(verb)]
    if private and not asked:
        yield skipped("options", "not-offered", "no resource has a list, a search or an action")
    for resource, verb, call in asked:
        yield await _try(resource, verb, call, *await lab.two_users())


async def _try(resource: BoundResource, verb: str, call: Call, alice: Identity, bob: Identity) -> Observation:
    """Bob asks for what Alice has, with one option after the other."""
    before, (hers, known), own = await resource.create(bob), await _made(resource, alice), await resource.create(bob)
    tried = _Tried(resource=resource, verb=verb, call=call, before=before, hers=hers, own=own, known=known)
    asked = list(_asked(tried))
    if not asked:
        sentence = f"{call.operation} has no options"
        return skipped(call.operation, "not-applicable", sentence, **tried.about)
    if verb != "action" and not (await resource.seen(alice, hers, verb)).found:
        sentence = f"{alice.name} does not find the own {resource.name} by {call.operation}"
        return inconclusive(call.operation, "no-control", sentence, hers.created, **tried.about)
    plain = await resource.lab.send(bob, tried.request, purpose="control")
    if verb == "list" and resource.spec.parent is not None and not tried.opened(plain):
        in_hers = resource.request(verb, hers, call=call)  # below her parent, not his
        plain = await resource.lab.send(bob, in_hers, purpose="control")
    return tried.open_anyhow(plain) if tried.opened(plain) else await _with_each(tried, asked, plain)


async def _with_each(tried: _Tried, asked: list[tuple[str, Request]], plain: Exchange) -> Observation:
    operation, whose = tried.call.operation, f"{tried.hers.owner.name}'s {tried.resource.name}"
    last = plain
    for option, other in asked:
        last = await tried.resource.lab.send(tried.bob, other, purpose="attempt")
        if tried.opened(last):
            sentence = f"with {option}, {operation} opens {whose} to {tried.bob.name} ({last.status})"
            return failed(operation, sentence, tried.hers.created, plain, last, **tried.about)
    reached, control = await tried.own_reached()
    if tried.verb != "action" and tried.opened(control):
        return tried.open_anyhow(control)
    if not reached:
        sentence = f"{tried.bob.name} does not reach the own {tried.resource.name} in that way either"
        if tried.verb == "list":
            sentence += ": what was made before and after is not all on the first page"
        return inconclusive(operation, "no-control", sentence, control, operation=operation)
    sentence = f"none of {len(asked)} options of {operation} opens {whose} to {tried.bob.name}"
    return passed(operation, sentence, plain, last, **tried.about)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """One call of a resource, an object of Alice's, and two of Bob's: made before hers, and after it.

    `known` is what hers is created with, beside what is its own.
    """

    resource: BoundResource
    verb: str
    call: Call
    before: Owned
    hers: Owned
    own: Owned
    known: Mapping[str, Any]

    @property
    def bob(self) -> Identity:
        return self.own.owner

    @property
    def request(self) -> Request:
        """What Bob asks: a list of his own, a search for hers, an action on hers."""
        return self.resource.request(self.verb, self.own if self.verb == "list" else self.hers, call=self.call)

    @property
    def about(self) -> dict[str, Any]:
        names = (self.hers.owner.name, self.bob.name)
        cell = isolation_cell(f"{self.call.operation} (options)", *names)
        return {"operation": self.call.operation, "users": names, "cell": cell}

    def opened(self, exchange: Exchange) -> bool:
        """Whether an answer to Bob opens Alice's object: an action succeeds, a list or a search shows it."""
        if isinstance(self.call, ListCall):
            return self.resource.lists(exchange, self.hers, self.bob, self.call)
        return exchange.ok

    def open_anyhow(self, exchange: Exchange) -> Observation:
        operation, owner = self.call.operation, self.hers.owner.name
        sentence = f"{operation} opens {owner}'s {self.resource.name} to {self.bob.name} without any option"
        return skipped(operation, "not-applicable", sentence, exchange, **self.about)

    async def own_reached(self) -> tuple[bool, Exchange]:
        """Return whether Bob reaches his own in that way, so that a refusal means something, and the answer."""
        if not isinstance(self.call, ListCall):
            mine = await self.resource.act(self.bob, self.own, self.call, purpose="control")
            return mine.ok, mine
        view = await self.resource.seen(self.bob, self.own, self.verb)
        if not view.found or self.verb != "list":
            return view.found, view.last
        reached, page = await self._framed(self.call)
        if not reached:
            await self.resource.settle(self.own)
            reached, page = await self._framed(self.call)
        return reached, page

    async def _framed(self, call: ListCall) -> tuple[bool, Exchange]:
        """Return whether the first page, which is all that was asked for, has both of Bob's: hers would be between."""
        page = await self.resource.lab.send(self.bob, self.request, purpose="control")
        return all(self.resource.lists(page, each, self.bob, call) for each in (self.before, self.own)), page


def _asked(tried: _Tried) -> Iterator[tuple[str, Request]]:
    operation = tried.resource.lab.operation(tried.call.operation)
    if operation is not None:
        yield from _with_options(tried, operation)
    if tried.verb != "action":
        yield from _with_media_types(tried.request)


def _with_options(tried: _Tried, operation: Operation) -> Iterator[tuple[str, Request]]:
    """Walk the request with each option of its query and body, and the option in words."""
    request, call, known = tried.request, tried.call, tried.known
    document = tried.resource.lab.session.document
    root = document.root if document is not None else {}
    position = getattr(call, "pagination", None) and call.pagination.parameter  # type: ignore[attr-defined]
    for parameter in operation.parameters:
        if parameter.location == "query" and parameter.name not in {position, *call.query}:
            for value in values(root, parameter.name, parameter.schema, known):
                text = json.dumps(value) if isinstance(value, bool | list | dict) else str(value)
                yield f"{parameter.name}={text}", with_query(request, parameter.name, text)
    if requests.is_json_object(request):
        body, schema = json.loads(request.body), next((each.schema for each in operation.bodies), None)
        for member in members(root, schema, known):
            if member.keys() <= body.keys() and member.items() <= body.items():
                continue
            yield json.dumps(member)[:120], replace(request, body=json.dumps({**body, **member}).encode())


def _with_media_types(request: Request) -> Iterator[tuple[str, Request]]:
    """Walk the request for the same in other media types: an export is often another code path."""
    others = tuple(pair for pair in request.headers if pair[0].lower() != "accept")
    for kind in MEDIA_TYPES:
        yield f"Accept: {kind}", replace(request, headers=(("Accept", kind), *others))


async def _made(resource: BoundResource, alice: Identity) -> tuple[Owned, Mapping[str, Any]]:
    """Create an object that has two items in each of its lists of texts, where it may: a filter can name both."""
    known, fields = _known(resource), _fields(resource)
    several = {name: [*value, f"{value[-1]}2"] for name, value in known.items() if _is_texts(value)}
    written = {name: json.dumps(value) if isinstance(fields[name], str) else value for name, value in several.items()}
    _, hers = await resource.try_create(alice, extra=written) if several else (None, None)
    return (hers, {**known, **several}) if hers is not None else (await resource.create(alice), known)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], str)


def _fields(resource: BoundResource) -> Mapping[str, Any]:
    call = resource.spec.create
    return (call.body if isinstance(call.body, dict) else call.multipart or {}) if call else {}


def _known(resource: BoundResource) -> Mapping[str, Any]:
    """Return what objects of the resource are created with, as far as that is the same for all of them."""
    found: dict[str, Any] = {}
    for name, value in _fields(resource).items():
        if isinstance(value, str) and "{" not in value:
            parsed = requests.parsed(value.encode())
            found[name] = parsed if isinstance(parsed, list) else value
        elif isinstance(value, list) and "{" not in json.dumps(value):
            found[name] = value
    return found
