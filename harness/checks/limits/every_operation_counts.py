"""Operations that the limiter does not count (CWE-799)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.limits._quota import limits_of, number, probe
from harness.expect import failed, inconclusive, passed
from harness.lab import Specimen, specimens
from harness.model import Needs, Outcome, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation

ROUNDS = 6  # a request that refills in between hides a cost now and then, not six times in a row
FREE = "free-probe"


@check(
    severity=Severity.MEDIUM,
    catches=["limits.uncounted", "limits.absent"],
    needs=Needs(operations=("create",), features=("limits", "fresh-users", "limit-headers"), drains=True),
    owasp="API4:2023",
    cwe=799,
)
async def every_operation_counts(lab: Lab) -> AsyncIterator[Observation]:
    """Every operation costs quota."""
    open_operations: dict[str, Observation] = {}
    for _ in range(ROUNDS):
        if open_operations and all(each.outcome is Outcome.PASSED for each in open_operations.values()):
            break
        user = await lab.new_user("alice")
        for specimen in await specimens(lab, user):
            seen = open_operations.get(specimen.operation)
            if seen is None or seen.outcome is not Outcome.PASSED:
                open_operations[specimen.operation] = await _cost(lab, specimen)
    if {each.reason for each in open_operations.values()} == {FREE}:
        call, users = probe(lab).operation, ("alice",)
        pairs = ROUNDS * len(open_operations)
        sentence = f"{call} costs nothing: remaining did not fall from one to the next in {pairs} pairs"
        yield failed(str(call), sentence, users=users, operation=call)
        return
    for observation in open_operations.values():
        yield observation


async def _cost(lab: Lab, specimen: Specimen) -> Observation:
    header, client = limits_of(lab).headers.remaining, lab.session.client
    first = await client.send(specimen.owner, probe(lab), purpose="control")
    again = await client.send(specimen.owner, probe(lab), purpose="control")
    done = await client.send(specimen.owner, specimen.request, purpose="attempt")
    after = await client.send(specimen.owner, probe(lab), purpose="control")
    return _judge(
        specimen.operation, [number(each, header) for each in (first, again, done, after)], (first, again, done, after)
    )


def _judge(operation: str, left: list[int | None], exchanges: tuple[Exchange, ...]) -> Observation:
    """Remaining falls by one from probe to probe, and by two where the operation lies between."""
    first, again, _, after = left
    if first is None or again is None or after is None or not all(exchange.ok for exchange in exchanges):
        return inconclusive(
            operation,
            "no-control",
            f"{operation} and the probes around it did not all succeed with a remaining quota",
            *exchanges,
        )
    if again >= first:  # something refilled just then
        return inconclusive(operation, FREE, f"the probe does not cost one ({first}, then {again})", *exchanges)
    if after > again - 2:
        return failed(
            operation,
            f"{operation} costs nothing: {again} left before it, {after} after it and one more request",
            *exchanges,
            operation=operation,
        )
    return passed(
        operation,
        f"{operation} costs quota: {again} left before it, {after} after it and one more request",
        *exchanges,
        operation=operation,
    )
