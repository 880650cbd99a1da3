"""SQL injection (CWE-89) by fields and headers: one quote must not break what two quotes leave whole.

Two quotes stand for one within a text of SQL, so that only a statement which a text became a part of tells them apart.
A text is also what stands in a list or an object, the name of a member there, and the name of a file. What was stored
safely may become a part of a later statement (second order), so that each is deleted again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.checks.injection._quotes import delays, judge
from harness.checks.validation._input import attempt, ordinary, text_fields
from harness.lab.resource import text_place
from harness.model import Needs, Outcome, Severity
from harness.openapi.shapes import properties, types_of
from harness.registry import check
from harness.scenario.schema.calls import Upload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation, Request

HEADERS = ("User-Agent", "Referer", "Accept-Language", "X-Forwarded-For")
MOST = 8
"""How many fields are tried that the document allows and the scenario leaves out."""
STRICT = frozenset({"enum", "const", "format", "pattern"})
FILE_NAME = re.compile(rb'(filename="[^".]*)')
FILE = "the name of its file"


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
        for name, value in (_given(resource) | _allowed(resource)).items():
            place = _Place(resource=resource, user=user, field=name, value=value)
            found = await judge(place)
            yield (await delays(place) if found.outcome is Outcome.PASSED else None) or found
        for verb in ("create", "list"):
            if resource.spec.calls(verb):
                yield await judge(_Place(resource=resource, user=user, verb=verb))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A field of a create, with what stands in it; without a name, the headers that are often noted down."""

    resource: BoundResource
    user: Identity
    verb: str = "create"
    field: str = ""
    value: Any = ""

    @property
    def operation(self) -> str:
        return self.resource.operation(self.verb)

    @property
    def subject(self) -> str:
        return f"{self.operation}: {self.field or 'headers'}"

    @property
    def name(self) -> str:
        return self.field or f"one of the headers {', '.join(HEADERS)}"

    async def sent(self, end: str) -> Exchange:
        """Send the request with something at the end of the text, and keep what that creates."""
        exchange = await attempt(self.resource.lab, self.user, await self._request(end))
        owned = await self.resource.keep(self.user, exchange) if self.verb == "create" else None
        if owned is None or not exchange.ok or self.resource.spec.delete is None or not self.field:
            return exchange
        deleted = await self.resource.delete(self.user, owned, purpose="attempt")
        return deleted if deleted.broken else exchange

    async def _request(self, end: str) -> Request:
        extra = {self.field: _ended(self.value, end)} if self.field not in {"", FILE} else {}
        if self.verb == "create":
            made, _ = await self.resource.creation(self.user, self.resource.mark(self.user), extra=extra)
        else:
            made = self.resource.request(self.verb, await self.resource.create(self.user))
        if self.field == FILE:
            return replace(made, body=FILE_NAME.sub(rb"\1" + end.encode(), made.body, count=1))
        headers = () if self.field else tuple((name, f"harness{end}") for name in HEADERS)
        return replace(made, headers=(*made.headers, *headers))


def _ended(value: Any, end: str) -> Any:
    """Return a value with something at the end of the text in it, or in one text more."""
    if isinstance(value, list):
        return [*value, f"harness{end}"]
    if isinstance(value, dict):
        return {**value, f"harness{end}": f"harness{end}"}
    inner = requests.parsed(value.encode())
    return json.dumps(_ended(inner, end)) if isinstance(inner, list | dict) else f"{value}{end}"


def _given(resource: BoundResource) -> dict[str, Any]:
    """Return the texts that the scenario puts into a create, by field, and lists and objects that take more of them."""
    call = resource.spec.create
    fields: Mapping[str, Any] = (call.form or call.multipart or {}) if call else {}
    if call is not None and isinstance(call.body, dict):
        fields = call.body
        for name in text_place(call.body):
            fields = fields[name]
    texts = text_fields(call)
    found = {name: value for name, value in fields.items() if name in texts or _takes_more(value)}
    return found | (
        {FILE: ""} if call is not None and any(isinstance(each, Upload) for each in fields.values()) else {}
    )


def _takes_more(value: Any) -> bool:
    if isinstance(value, str):
        value = requests.parsed(value.encode())
    return isinstance(value, dict) or (isinstance(value, list) and all(isinstance(each, str) for each in value))


def _allowed(resource: BoundResource) -> dict[str, Any]:
    """Return texts for the fields of any text that a create may have beside those, and objects for those of any."""
    lab, call = resource.lab, resource.spec.create
    operation, document = lab.operation(resource.operation("create")), lab.session.document
    if call is None or operation is None or document is None or (isinstance(call.body, dict) and text_place(call.body)):
        return {}
    given = {**(call.form or call.multipart or {}), **(call.body if isinstance(call.body, dict) else {})}
    known = properties(document.root, next((each.schema for each in operation.bodies), None) or {})
    free = [name for name, one in known.items() if "string" in types_of(one) and not STRICT & one.keys()]
    texts: dict[str, Any] = dict.fromkeys([name for name in free if name not in given][:MOST], "{nonce}")
    loose = [name for name, one in known.items() if types_of(one) >= {"object"} and not one.get("properties")]
    return texts | {name: {} for name in loose if name not in given}
