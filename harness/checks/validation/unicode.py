"""Input that nobody expects: NUL, half a surrogate pair, and JSON that is hardly any (CWE-20, 134, 158, 176)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks.validation._input import attempt, json_with, judge, ordinary, text_fields, with_file, with_file_name
from harness.expect import failed, passed
from harness.lab import Marker
from harness.model import Needs, Severity
from harness.registry import check
from harness.requests import is_json_object

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation

CHARACTERS = {
    "a NUL": "\x00",
    "an escape": "\x1b[0m",
    "a noncharacter": "\uffff",
    "a right-to-left override": "\u202e",
    "a byte order mark": "\ufeff",
    "a line separator": "\u2028",
    "an astral character": "\U0001f600",
    "a percent sign": "%d",
}
SURROGATES = {"half a surrogate pair": "\ud800", "the other half": "\udc00"}
NAMES = {
    "300 letters": f"{'harness' * 43}.txt",
    "letters of other scripts": "Stra\u00dfe \u6f22\u5b57 \U0001f600.txt",
    "a way out of a folder": "../../harness.txt",
    "a line break, encoded,": "harness%0D%0A.txt",
    "nothing before its ending": ".txt",
    "no ending": "harness",
}
LITERALS = {
    "NaN": "NaN",
    "Infinity": "-Infinity",
    "a huge number": "1e999",
    "a huge integer": "9" * 400,
    "half a surrogate pair, escaped": r'"\ud800"',
    "null": "null",
    "an object": '{"$gt": ""}',
    "an array": '["harness"]',
    "a name twice": '"a", "harness": 1, "harness": 2',
}


@check(
    severity=Severity.MEDIUM,
    catches=["validation.unicode"],
    needs=Needs(operations=("create",)),
    owasp="API8:2023",
    cwe=158,
)
async def unicode(lab: Lab) -> AsyncIterator[Observation]:
    """Odd characters and odd JSON are refused or kept as they are; they never break the service."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.resources_with("create"):
        control = await ordinary(lab, resource, user)
        async for observation in _created(lab, resource, user, control):
            yield observation
        async for observation in _uploaded(lab, resource, user, control):
            yield observation
        async for observation in _literal(lab, resource, user, control):
            yield observation
        async for observation in _searched(lab, resource, user, control):
            yield observation
        async for observation in _addressed(lab, resource, user, control):
            yield observation
        await ordinary(lab, resource, user)


async def _created(lab: Lab, resource: BoundResource, user: Identity, control: Exchange) -> AsyncIterator[Observation]:
    """Put each character into each field; what is accepted must not end at it."""
    operation = resource.operation("create")
    is_json = resource.spec.create is not None and isinstance(resource.spec.create.body, dict)
    for field in text_fields(resource.spec.create):
        for name, character in (CHARACTERS | (SURROGATES if is_json else {})).items():
            subject, what = f"{operation}: {field}: {name}", f"{name} in {field} of {operation}"
            marker = resource.mark(user)
            odd = {field: f"{marker.query}{character}{marker.witness}"}
            request, _ = await resource.creation(user, marker, extra=odd)
            exchange = await attempt(lab, user, request)
            yield judge(subject, what, exchange, control, operation)
            owned = await resource.keep(user, exchange)
            if owned is not None and "read" in resource.looks:
                back = await resource.read(user, owned, purpose="read-back")
                whole = marker.in_bytes(back.body)
                partly = marker.query.encode() in back.body
                if partly and not whole:
                    yield failed(
                        f"{subject}: read back", f"{what} is accepted, and what follows it is lost", exchange, back
                    )
                elif whole:
                    yield passed(
                        f"{subject}: read back", f"{what} is accepted, and what follows it is kept", exchange, back
                    )


async def _uploaded(lab: Lab, resource: BoundResource, user: Identity, control: Exchange) -> AsyncIterator[Observation]:
    """Upload files with odd names, and one of no bytes."""
    operation = resource.operation("create")
    made, _ = await resource.creation(user, resource.mark(user))
    odd = {f"{name} as the name of a file": with_file_name(made, text) for name, text in NAMES.items()}
    odd["a file of no bytes"] = with_file(made, filename="harness.txt", media_type="text/plain", content=b"")
    for what, request in odd.items():
        if request is not None:
            exchange = await attempt(lab, user, request)
            await resource.keep(user, exchange)
            yield judge(f"{operation}: {what}", f"{what} in {operation}", exchange, control, operation)


async def _literal(lab: Lab, resource: BoundResource, user: Identity, control: Exchange) -> AsyncIterator[Observation]:
    """Put each odd JSON value in place of a text."""
    operation = resource.operation("create")
    request, _ = await resource.creation(user, resource.mark(user))
    if not is_json_object(request):
        return
    for field in text_fields(resource.spec.create)[:1]:
        for name, literal in LITERALS.items():
            exchange = await attempt(lab, user, json_with(request, field, literal))
            await resource.keep(user, exchange)
            yield judge(
                f"{operation}: {field}: {name}", f"{name} as {field} of {operation}", exchange, control, operation
            )


async def _searched(lab: Lab, resource: BoundResource, user: Identity, control: Exchange) -> AsyncIterator[Observation]:
    """Search for each character."""
    for call in resource.spec.calls("search"):
        owned = await resource.create(user)
        odd = CHARACTERS | (SURROGATES if call.body is not None else {})
        for name, character in odd.items():
            marker = Marker(query=f"{owned.marker.query}{character}", witness=owned.marker.witness)
            exchange = await attempt(lab, user, resource.request("search", owned, call=call, marker=marker))
            subject, what = f"{call.operation}: {name}", f"a search for {name} by {call.operation}"
            yield judge(subject, what, exchange, control, call.operation)


async def _addressed(
    lab: Lab, resource: BoundResource, user: Identity, control: Exchange
) -> AsyncIterator[Observation]:
    """Put a NUL and a byte that is no UTF-8 into the path and the query of what is read or listed."""
    owned = await resource.create(user)
    for verb in ("read", "list"):
        for call in resource.spec.calls(verb):
            request = resource.request(verb, owned, call=call)
            for name, byte in (("a NUL", "%00"), ("a byte that is no UTF-8", "%FF")):
                target = f"{request.target}{byte}" if verb == "read" else f"{request.target}?harness={byte}"
                exchange = await attempt(lab, user, replace(request, target=target))
                what = f"{name} in the address of {call.operation}"
                yield judge(f"{call.operation}: address: {name}", what, exchange, control, call.operation)
