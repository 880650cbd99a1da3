"""Operator injection (CWE-943) by a search: an object in place of a text must find nothing of anybody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.injection._operators import operators, with_operator
from harness.checks.validation._input import attempt
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Observation
    from harness.scenario.schema import Call


@check(
    severity=Severity.CRITICAL,
    catches=["injection.operator"],
    needs=Needs(users=2, operations=("create", "search")),
    owasp="API8:2023",
    cwe=943,
)
async def operator_search(lab: Lab) -> AsyncIterator[Observation]:
    """A search compares texts: who sends an operator in place of one finds nothing of other users'."""
    alice, bob = await lab.two_users()
    for resource in lab.private_with("create", "search"):
        own, theirs = await genuine(lab, alice, resource), await genuine(lab, bob, resource)
        assert own is not None  # noqa: S101 -- of this resource
        assert theirs is not None  # noqa: S101 -- as above
        control = await resource.seen(bob, theirs, "search")
        if not control.found:
            sentence = f"{bob.name} does not find the own {resource.name}, so that nothing could leak"
            yield inconclusive(control.operation, "no-control", sentence, control.last)
            continue
        for call in resource.spec.calls("search"):
            for operator, value in operators():
                yield await _searched(
                    resource, (own, theirs), call, (operator, with_operator(call, "query", operator, value))
                )
        again = await resource.seen(bob, theirs, "search")
        if not again.found:
            sentence = f"afterwards {bob.name} no longer finds the own {resource.name}: nothing could leak any more"
            yield inconclusive(again.operation, "no-control", sentence, again.last)


async def _searched(
    resource: BoundResource, objects: tuple[Owned, Owned], call: Call, changed: tuple[str, Call | None]
) -> Observation:
    (own, theirs), (operator, other) = objects, changed
    subject, about = f"{call.operation}: {operator}", {"operation": call.operation}
    if other is None:
        return skipped(subject, "not-applicable", "the text of the search is in no body, form or query", **about)
    answer = await attempt(resource.lab, own.owner, resource.request("search", own, call=other))
    if answer.response is None:
        sentence = f"a search with {operator} in place of a text is not answered ({status_of(answer)})"
        return inconclusive(subject, "no-answer", sentence, answer, **about)
    if theirs.marker.in_bytes(answer.body):
        sentence = f"a search with {operator} in place of a text shows {own.owner.name} what {theirs.owner.name} owns"
        return failed(subject, sentence, theirs.created, answer, **about)
    if answer.broken:
        sentence = f"a search with {operator} in place of a text is answered {answer.status}: types are not checked"
        return failed(subject, sentence, answer, severity=Severity.MEDIUM, **about)
    sentence = (
        f"a search with {operator} in place of a text is answered {answer.status}, nothing of {theirs.owner.name}'s"
    )
    return passed(subject, sentence, answer, **about)
