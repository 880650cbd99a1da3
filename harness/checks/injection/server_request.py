"""Server-side request forgery (CWE-918): an address that a user names, and that the service itself asks for something.

The harness listens on loopback, where nobody can come by but what runs on the same machine. A service that does so for
a user can be sent to its own neighbours, whoever trusts it there. So this can be told of local targets only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.checks.validation._input import attempt, ordinary
from harness.expect import failed, passed, skipped, status_of
from harness.lab.resource import with_fields, with_query
from harness.listener import listening
from harness.model import Needs, Severity
from harness.openapi.inference.routes import body_fields
from harness.openapi.inference.words import words
from harness.openapi.shapes import types_of
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from harness.lab import BoundResource, Lab, Owned
    from harness.listener import Listener
    from harness.model import Exchange, Identity, Observation, Request
    from harness.scenario.schema import Call

NAMES = frozenset({"url", "uri", "webhook", "callback", "href", "link", "endpoint", "website", "homepage", "feed"})
FORMATS = frozenset({"uri", "url", "iri", "uri-reference"})
ELSEWHERE = "https://{}.example/"
"""An address that nobody has (RFC 2606)."""
SECONDS = 1.5


@check(
    severity=Severity.HIGH,
    catches=["injection.server-request"],
    needs=Needs(operations=("create",)),
    owasp="API7:2023",
    cwe=918,
)
async def server_request(lab: Lab) -> AsyncIterator[Observation]:
    """The service asks for no address of its own machine that a user names."""
    if not lab.session.client.policy.origin.is_local:
        yield skipped("addresses", "not-offered", "the target is not on this machine: it could not come by here")
        return
    user = await lab.user(lab.session.introductions.names[0])
    tried = False
    async with listening() as listener:
        for place in await _places(lab, user, listener):
            tried = True
            yield await place.judge()
        for request, name in _queries(lab):
            tried = True
            yield await _judge_query(lab, user, listener, request, name)
    if not tried:
        yield skipped("addresses", "not-applicable", "no operation takes an address")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A field of a body that holds an address."""

    resource: BoundResource
    user: Identity
    listener: Listener
    verb: str
    call: Call
    name: str

    async def judge(self) -> Observation:
        """Name an address of this machine; where that is refused, another one."""
        operation = self.call.operation
        subject, about = f"{operation}: {self.name}", {"operation": operation, "users": (self.user.name,)}
        address = self.listener.address()
        exchange, shown = await self._sent(address)
        token = address.rpartition("/")[2]
        if await self.listener.asked_for(address, SECONDS):
            sentence = (
                f"{operation} was given an address of its own machine in {self.name}, and the service asks for it"
            )
            return failed(subject, sentence, exchange, **about)
        if not exchange.ok:
            other, _ = await self._sent(ELSEWHERE.format(token))
            if other.ok:
                sentence = f"{operation} takes an address in {self.name}, and refuses one of its own machine"
                return passed(subject, f"{sentence} ({status_of(exchange)})", exchange, other, **about)
            sentence = f"{operation} takes no such address in {self.name} ({status_of(exchange)})"
            return skipped(subject, "not-applicable", sentence, exchange, other, **about)
        if any(token.encode() in each.body for each in shown):
            sentence = f"{operation} keeps an address of its own machine in {self.name}, and nobody asks for it"
            return passed(subject, sentence, exchange, *shown[:1], **about)
        sentence = f"nothing shows what {operation} was given in {self.name}, and nobody asks for it"
        return skipped(subject, "not-seen", sentence, exchange, **about)

    async def _sent(self, address: str) -> tuple[Exchange, list[Exchange]]:
        """Send an address, and return the answer and what the object looks like afterwards."""
        resource, extra = self.resource, {self.name: address}
        owned: Owned | None
        if self.verb == "create":
            request, _ = await resource.creation(self.user, resource.mark(self.user), extra=extra)
            exchange = await attempt(resource.lab, self.user, request)
            owned = await resource.keep(self.user, exchange)
        else:
            owned = await resource.create(self.user)
            request = resource.request(self.verb, owned, call=with_fields(self.call, extra))
            exchange = await attempt(resource.lab, self.user, request)
        if owned is None or not exchange.ok:
            return exchange, []
        seen = [await resource.seen(self.user, owned, look, purpose="read-back") for look in resource.looks]
        return exchange, [view.last for view in seen]


async def _places(lab: Lab, user: Identity, listener: Listener) -> list[_Place]:
    """Return the fields that hold an address, of what creates and changes objects that are kept as a rule."""
    found = []
    for resource in lab.resources_with("create"):
        calls = [(verb, call) for verb in ("create", "update", "action") for call in resource.spec.calls(verb)]
        own = [
            _Place(resource=resource, user=user, listener=listener, verb=verb, call=call, name=name)
            for verb, call in calls
            for name in _fields(lab, call)
        ]
        if own:
            await ordinary(lab, resource, user)
        found += own
    return found


def _fields(lab: Lab, call: Call) -> Iterator[str]:
    """Walk the fields of a body that are called, or described, as an address."""
    operation, document = lab.operation(call.operation), lab.session.document
    if operation is not None and document is not None:
        known = body_fields(operation, document.root)
        yield from (name for name, schema in known.items() if _is_address(name, schema))


def _queries(lab: Lab) -> Iterator[tuple[Request, str]]:
    """Walk the reads that are asked for with an address, and for which nothing else is needed."""
    for operation in lab.operations:
        needed = {each.name for each in operation.parameters if each.required}
        if operation.method == "GET" and "{" not in operation.path:
            for each in operation.parameters:
                if each.location == "query" and needed <= {each.name} and _is_address(each.name, each.schema):
                    yield requests.plain(operation.id), each.name


async def _judge_query(lab: Lab, user: Identity, listener: Listener, request: Request, name: str) -> Observation:
    operation, address = str(request.operation), listener.address()
    subject, about = f"{operation}: ?{name}", {"operation": operation, "users": (user.name,)}
    exchange = await attempt(lab, user, with_query(request, name, address))
    if await listener.asked_for(address, SECONDS):
        sentence = f"{operation} was given an address of its own machine in ?{name}, and the service asks for it"
        return failed(subject, sentence, exchange, **about)
    sentence = f"{operation} answers {status_of(exchange)} for an address in ?{name}, and nobody asks for it"
    return skipped(subject, "not-seen", sentence, exchange, **about)


def _is_address(name: str, schema: Mapping[str, Any]) -> bool:
    fits = "string" in (types_of(schema) or {"string"}) and not {"enum", "const"} & schema.keys()
    return fits and (schema.get("format") in FORMATS or not NAMES.isdisjoint(words(name)[-1:]))
