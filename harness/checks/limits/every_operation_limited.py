"""Operations that go on when the quota is used up (CWE-770): a limit that holds for some routes only is none.

A refusal that says less than that of another route leaves clients to guess when to come back (RFC 6585, section 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.limits._quota import drain, limited_user, limits_of
from harness.expect import failed, inconclusive, passed, status_of
from harness.lab import Specimen, specimens
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation

ATTEMPTS = 5
"""How often an operation must get through: once, a request that refilled just then may have let it."""


@check(
    severity=Severity.HIGH,
    catches=["limits.absent", "limits.retry-after"],
    needs=Needs(operations=("create",), features=("limits", "fresh-users"), drains=True),
    owasp="API4:2023",
    cwe=770,
)
async def every_operation_limited(lab: Lab) -> AsyncIterator[Observation]:
    """Who has used up the quota is refused every operation."""
    for specimen in await specimens(lab, await limited_user(lab, "alice")):
        yield await _try(lab, specimen)


async def _try(lab: Lab, specimen: Specimen) -> Observation:
    """Use up the quota, call the operation, and do both again while it is let through."""
    operation, client = specimen.operation, lab.session.client
    for _ in range(ATTEMPTS):
        drained = await drain(lab, specimen.owner)
        if not drained.refused:
            sentence = f"{specimen.owner.name} could not be brought to a 429, so {operation} says nothing"
            return inconclusive(operation, "no-control", sentence, drained.exchanges[-1])
        answer = await client.send(specimen.owner, specimen.request, purpose="attempt")
        if answer.limited:
            return _refused(operation, limits_of(lab).headers.retry_after, drained.refused[0], answer)
        if answer.broken:
            return inconclusive(operation, "unclear", f"{operation} answers {status_of(answer)}", answer)
    sentence = f"{operation} is answered {answer.status} although the quota is used up, {ATTEMPTS} times of {ATTEMPTS}"
    return failed(operation, sentence, *drained.exchanges, answer, users=("alice",), operation=operation)


def _refused(operation: str, header: str, known: Exchange, answer: Exchange) -> Observation:
    """Judge a 429 beside that of the probe, which says when to come back if any does."""
    said = [each.response.header(header) if each.response else None for each in (known, answer)]
    if said[0] and not said[1]:
        sentence = f"the 429 of {operation} carries no {header}, which that of {known.request.operation} does"
        about = {"users": ("alice",), "operation": operation, "severity": Severity.MEDIUM}
        return failed(f"{operation}: {header}", sentence, known, answer, **about)
    sentence = f"{operation} is answered 429 once the quota is used up"
    return passed(operation, sentence, known, answer, operation=operation)
