"""SQL injection (CWE-89) by fields and headers: one quote must not break what two quotes leave whole.

Two quotes stand for one within a text of SQL, so that only a statement which a text became a part of tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.checks.validation._input import attempt, ordinary, text_fields
from harness.expect import failed, passed, skipped, status_of
from harness.lab.resource import text_place
from harness.model import Needs, Severity
from harness.openapi.shapes import properties, types_of
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation, Request

HEADERS = ("User-Agent", "Referer", "Accept-Language", "X-Forwarded-For")
PLAIN, QUOTE, DOUBLED = "x", "'", "''"
TIMES = 2
MOST = 8
"""How many fields are tried that the document allows and the scenario leaves out."""
STRICT = frozenset({"enum", "const", "format", "pattern"})


@check(
    severity=Severity.HIGH,
    catches=["injection.sql"],
    needs=Needs(operations=("create",)),
    owasp="API8:2023",
    cwe=89,
)
async def sql_fields(lab: Lab) -> AsyncIterator[Observation]:
    """No text of a create and no header of a request becomes a part of a statement."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.resources_with("create"):
        await ordinary(lab, resource, user)
        for name, text in (_given(resource) | _allowed(resource)).items():
            yield await _judge(_Place(resource=resource, user=user, field=name, text=text))
        for verb in ("create", "list"):
            if resource.spec.calls(verb):
                yield await _judge(_Place(resource=resource, user=user, verb=verb))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A field of a create, with the text that stands in it; without a name, the headers that are often noted down."""

    resource: BoundResource
    user: Identity
    verb: str = "create"
    field: str = ""
    text: str = ""

    @property
    def operation(self) -> str:
        return self.resource.operation(self.verb)

    @property
    def name(self) -> str:
        return self.field or f"one of the headers {', '.join(HEADERS)}"

    async def sent(self, end: str) -> Exchange:
        """Send the request with something at the end of the text, and keep what that creates."""
        exchange = await attempt(self.resource.lab, self.user, await self._request(end))
        if self.verb == "create":
            await self.resource.keep(self.user, exchange)
        return exchange

    async def _request(self, end: str) -> Request:
        extra = {self.field: f"{self.text}{end}"} if self.field else {}
        if self.verb == "create":
            made, _ = await self.resource.creation(self.user, self.resource.mark(self.user), extra=extra)
        else:
            made = self.resource.request(self.verb, await self.resource.create(self.user))
        headers = () if self.field else tuple((name, f"harness{end}") for name in HEADERS)
        return replace(made, headers=(*made.headers, *headers))


async def _judge(place: _Place) -> Observation:
    """Ask with plain text and with a quote; where that fails, again and again, and with two of them."""
    operation, subject = place.operation, f"{place.operation}: {place.field or 'headers'}"
    about = {"operation": operation, "users": (place.user.name,)}
    control, quoted = await place.sent(PLAIN), await place.sent(QUOTE)
    if not control.ok:
        sentence = f"{operation} does not take any text in {place.name} ({status_of(control)})"
        return skipped(subject, "not-applicable", sentence, control, **about)
    if not _breaks(quoted):
        sentence = f"{operation} answers {status_of(quoted)} to a quote in {place.name}: it is a text like others"
        return passed(subject, sentence, control, quoted, **about)
    pairs = [(await place.sent(DOUBLED), await place.sent(QUOTE)) for _ in range(TIMES)]
    if all(doubled.status == control.status and _breaks(single) for doubled, single in pairs):
        sentence = (
            f"{operation} answers {quoted.status} to a quote in {place.name}, each time, and {control.status} to two"
            " quotes: a statement is made of it"
        )
        return failed(subject, sentence, control, quoted, *pairs[0], **about)
    sentence = f"{operation} fails with quotes in {place.name} whether they are one or two, so SQL does not read them"
    return passed(subject, sentence, control, quoted, *pairs[0], **about)


def _breaks(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.response.is_failure


def _given(resource: BoundResource) -> dict[str, str]:
    """Return the texts that the scenario puts into a create, by field."""
    call = resource.spec.create
    fields: Mapping[str, Any] = (call.form or call.multipart or {}) if call else {}
    if call is not None and isinstance(call.body, dict):
        fields = call.body
        for name in text_place(call.body):
            fields = fields[name]
    return {name: fields[name] for name in text_fields(call)}


def _allowed(resource: BoundResource) -> dict[str, str]:
    """Return texts for the fields of any text that a create may have beside those, as its document says."""
    lab, call = resource.lab, resource.spec.create
    operation, document = lab.operation(resource.operation("create")), lab.session.document
    if call is None or operation is None or document is None or (isinstance(call.body, dict) and text_place(call.body)):
        return {}
    given = {**(call.form or call.multipart or {}), **(call.body if isinstance(call.body, dict) else {})}
    known = properties(document.root, next((each.schema for each in operation.bodies), None) or {})
    free = [name for name, one in known.items() if "string" in types_of(one) and not STRICT & one.keys()]
    return dict.fromkeys([name for name in free if name not in given][:MOST], "{nonce}")
