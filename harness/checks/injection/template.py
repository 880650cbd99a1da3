"""Template injection (CWE-1336): a text that asks for a product must be kept as it is, and never be answered with it.

The product of two random numbers is written in the syntax of many template engines at once; whoever shows the result
has evaluated what a user wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.validation._input import attempt, ordinary, text_fields
from harness.expect import failed, passed, skipped, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation

SHAPES = ("{{{{{}}}}}", "${{{}}}", "#{{{}}}", "<%= {} %>", "{{{}}}", "*{{{}}}", "[[{}]]", "@({})")
LEAST, MOST = 10_000, 99_999


@check(
    severity=Severity.CRITICAL,
    catches=["injection.template"],
    needs=Needs(operations=("create",)),
    owasp="API8:2023",
    cwe=1336,
)
async def template(lab: Lab) -> AsyncIterator[Observation]:
    """No text of a create is evaluated as a template."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.resources_with("create"):
        await ordinary(lab, resource, user)
        for field in text_fields(resource.spec.create):
            yield await _judge(resource, user, field)


async def _judge(resource: BoundResource, user: Identity, field: str) -> Observation:
    operation, lab = resource.operation("create"), resource.lab
    subject, about = f"{operation}: {field}", {"operation": operation, "users": (user.name,)}
    first, second = (lab.random.randint(LEAST, MOST) for _ in range(2))
    marker, product = resource.mark(user), str(first * second)
    told = " ".join(shape.format(f"{first}*{second}") for shape in SHAPES)
    request, _ = await resource.creation(user, marker, extra={field: f"{marker.text} {told}"})
    shown = [await attempt(lab, user, request)]
    owned = await resource.keep(user, shown[0])
    if owned is None:
        sentence = f"{operation} takes no such text in {field} ({status_of(shown[0])})"
        return skipped(subject, "not-applicable", sentence, shown[0], **about)
    shown += [(await resource.seen(user, owned, verb, purpose="read-back")).last for verb in resource.looks]
    found = next((each for each in shown if product.encode() in each.body), None)
    if found is not None:
        sentence = f"{operation} was given {first}*{second} in {field}, and {found.request.operation} shows the product"
        return failed(subject, sentence, shown[0], found, **about)
    if not any(str(first).encode() in each.body for each in shown):
        sentence = f"nothing shows what {operation} was given in {field}"
        return skipped(subject, "not-seen", sentence, *shown, **about)
    return passed(subject, f"what {operation} is given in {field} is shown, and not evaluated", *shown[:2], **about)
