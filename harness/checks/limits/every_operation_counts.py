"""Operations that the limiter does not count (CWE-799)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.checks.limits._quota import limited_user, limits_of, number, probe
from harness.expect import failed, inconclusive, passed
from harness.lab import Specimen, specimens
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation

NOT_FOUND = 404
MOST = 5
"""How often an operation is called: what refills meanwhile must not look like a cost of nothing."""


@check(
    severity=Severity.MEDIUM,
    catches=["limits.uncounted", "limits.absent"],
    needs=Needs(operations=("create",), features=("limits", "fresh-users", "limit-headers"), drains=True),
    owasp="API4:2023",
    cwe=799,
)
async def every_operation_counts(lab: Lab) -> AsyncIterator[Observation]:
    """Every operation costs quota."""
    tried: set[str] = set()
    while True:
        prepared = await specimens(lab, await limited_user(lab, "alice"))
        specimen = next((each for each in prepared if each.operation not in tried), None)
        if specimen is None:
            return
        tried.add(specimen.operation)
        yield await _cost(lab, specimen)


async def _cost(lab: Lab, specimen: Specimen) -> Observation:
    """Call the operation several times between two probes, and compare what is left."""
    limits = limits_of(lab)
    times = 1 if specimen.once and NOT_FOUND in limits.free_statuses else max(1, min(MOST, limits.requests // 4))
    exchanges = await _around(lab, specimen, times)
    left = [number(each, limits.headers.remaining) or 0 for each in (exchanges[0], exchanges[-1])]
    if left[1] > left[0] and not specimen.once:  # a window has ended meanwhile, the next one has just begun
        exchanges = await _around(lab, specimen, times)
    refilled = math.floor(limits.rate * (exchanges[-1].done - exchanges[0].sent)) + 1
    return _judge(specimen.operation, exchanges, limits.headers.remaining, refilled)


async def _around(lab: Lab, specimen: Specimen, times: int) -> tuple[Exchange, ...]:
    client = lab.session.client
    before = await client.send(specimen.owner, probe(lab), purpose="control")
    calls = [await _call(lab, specimen) for _ in range(times)]
    return (before, *calls, await client.send(specimen.owner, probe(lab), purpose="control"))


async def _call(lab: Lab, specimen: Specimen) -> Exchange:
    if specimen.creates is not None:
        return (await specimen.creates.try_create(specimen.owner, purpose="attempt"))[0]
    return await lab.session.client.send(specimen.owner, specimen.request, purpose="attempt")


def _judge(operation: str, exchanges: tuple[Exchange, ...], header: str | None, refilled: int) -> Observation:
    """Remaining falls by one for each call and one for the second probe, but for what refilled meanwhile."""
    left = [number(exchange, header) for exchange in (exchanges[0], exchanges[-1])]
    calls = exchanges[1:-1]
    shown = (exchanges[0], calls[0], exchanges[-1])
    limited = any(exchange.limited for exchange in exchanges)
    if left[0] is None or left[1] is None or limited or not calls[0].ok:
        sentence = f"{operation} and the probes around it did not all succeed with a remaining quota"
        return inconclusive(operation, "no-control", sentence, *shown)
    cost, due = left[0] - left[1], len(calls) + 1
    said = f"{len(calls)} calls and a probe took {cost} of {left[0]} left, {due} are due"
    if cost + refilled < due:
        return failed(operation, f"{operation} costs nothing: {said}", *shown, operation=operation)
    if cost <= 1:
        sentence = f"too much may have refilled meanwhile ({refilled}) to tell what {operation} costs: {said}"
        return inconclusive(operation, "underpowered", sentence, *shown)
    return passed(operation, f"{operation} costs quota: {said}", *shown, operation=operation)
