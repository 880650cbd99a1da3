"""Nesting without a bound (CWE-674) overflows the stack of whatever walks it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks.validation._input import attempt, json_with, judge, ordinary, text_fields
from harness.expect import failed, skipped
from harness.lab import Inconclusive
from harness.model import Needs, Outcome, Severity
from harness.openapi.shapes import properties, types_of
from harness.registry import check
from harness.requests import is_json_object

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation, Request
    from harness.scenario.schema import Call

LEVELS = 10_000
FEWER = 2_000
"""What fits into a field of a form."""
SLOW = 5.0
NESTED = {"nested arrays": "[" * LEVELS + "]" * LEVELS, "nested objects": '{"a":' * LEVELS + "1" + "}" * LEVELS}


@check(
    severity=Severity.MEDIUM,
    catches=["validation.depth"],
    needs=Needs(operations=("create",)),
    owasp="API4:2023",
    cwe=674,
)
async def depth(lab: Lab) -> AsyncIterator[Observation]:
    """A deeply nested body is refused at once, and the service lives on."""
    user = await lab.user(lab.session.introductions.names[0])
    tried = 0
    broken: dict[str, list[Observation]] = {}
    stopped: Inconclusive | None = None
    try:
        for resource in lab.resources_with("create"):
            control = await ordinary(lab, resource, user)
            for call, request in await _bodies(resource, user):
                for name, odd in _nested(call, request):
                    tried += 1
                    exchange = await attempt(lab, user, odd)
                    await resource.keep(user, exchange)
                    judged = _judge(name, call.operation, exchange, control)
                    if judged.outcome is Outcome.FAILED:
                        broken.setdefault(name, []).append(judged)
                    else:
                        yield judged
            for name in _fields(lab, resource):
                tried += 1
                marker = lab.session.markers.issue(lab.key(user))
                odd, _ = await resource.creation(user, marker, extra={name: "[" * FEWER + "]" * FEWER})
                exchange = await attempt(lab, user, odd)
                await resource.keep(user, exchange)
                yield _judge(f"nested arrays as {name}", resource.operation("create"), exchange, control)
            await ordinary(lab, resource, user)
    except Inconclusive as stop:  # what was found before the service gave up is told all the same
        stopped = stop
    for each in broken.values():
        yield _together(each)
    if stopped is not None:
        raise stopped
    if not tried:
        yield skipped("nesting", "not-applicable", "no operation of the scenario takes JSON")


def _fields(lab: Lab, resource: BoundResource) -> tuple[str, ...]:
    """Return the fields of a form that hold JSON, as the document says."""
    call, document = resource.spec.create, lab.session.document
    operation = lab.operation(call.operation) if call is not None else None
    if call is None or call.multipart is None or document is None or operation is None:
        return ()
    schema = next((each.schema for each in operation.bodies if "multipart" in each.media_type), None)
    known = properties(document.root, schema)
    return tuple(name for name, flat in known.items() if types_of(flat) & {"object", "array"})


async def _bodies(resource: BoundResource, user: Identity) -> list[tuple[Call, Request]]:
    """Return the requests of the resource that carry a JSON object."""
    owned = await resource.create(user)
    made: list[tuple[Call, Request]] = []
    for verb in ("create", "search", "update"):
        for call in resource.spec.calls(verb):
            request = resource.request(verb, owned, call=call)
            if is_json_object(request):
                made.append((call, request))
    return made


def _nested(call: Call, request: Request) -> Iterator[tuple[str, Request]]:
    for name, text in NESTED.items():
        yield f"{name} as a body", replace(request, body=text.encode())
        for field in text_fields(call)[:1]:
            yield f"{name} as {field}", json_with(request, field, text)


def _together(found: list[Observation]) -> Observation:
    """Tell it once: what parses bodies does so for all operations."""
    others = f" (and {len(found) - 1} other operations)" if len(found) > 1 else ""
    return replace(found[0], sentence=found[0].sentence + others)


def _judge(name: str, operation: str, exchange: Exchange, control: Exchange) -> Observation:
    subject, took = f"{operation}: {name}", exchange.done - exchange.sent
    if exchange.response is not None and took > SLOW:
        return failed(
            subject, f"{LEVELS} {name} of {operation} take {took:.1f} s", control, exchange, operation=operation
        )
    return judge(subject, f"{LEVELS} {name} of {operation}", exchange, control, operation)
