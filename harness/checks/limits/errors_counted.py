"""Requests that cost nothing because they fail (CWE-799): whoever guesses sends hardly anything else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.checks.limits._quota import limited_user, limits_of, number, probe
from harness.checks.validation._input import with_file
from harness.expect import failed, inconclusive, passed, refusal, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation, Request

MOST = 8
NO_CONTROL = "no-control"
TOO_LARGE = 413
AFFORDABLE = 1 << 20
"""Bytes of the largest upload that is exceeded: it is sent several times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A good request, several that fail, a good request."""

    before: Exchange
    errors: tuple[Exchange, ...]
    after: Exchange

    @property
    def shown(self) -> tuple[Exchange, ...]:
        """What an observation cites."""
        return self.before, self.errors[0], self.after


@check(
    severity=Severity.LOW,
    catches=["limits.errors-free", "limits.headers"],
    needs=Needs(operations=("create", "read"), features=("limits", "fresh-users", "limit-headers"), drains=True),
    owasp="API4:2023",
    cwe=799,
)
async def errors_counted(lab: Lab) -> AsyncIterator[Observation]:
    """Requests that fail cost what is declared, and say so."""
    for resource in lab.resources_with("create", "read"):
        for kind, make in KINDS.items():
            user = await limited_user(lab, "alice")
            request = await make(resource, user)
            if request is None:
                continue
            series = await _series(lab, resource, user, request)
            found = _cost(lab, kind, series)
            if kind not in MAYBE or found.reason != NO_CONTROL:  # some services read any media type
                yield found
            if (silent := _silent(lab, kind, series)) is not None:
                yield silent


async def _unknown(resource: BoundResource, user: Identity) -> Request | None:
    owned = await resource.create(user)
    return resource.request("read", replace(owned, id=resource.unknown_id(owned)))


async def _broken(resource: BoundResource, user: Identity) -> Request | None:
    request, _ = await resource.creation(user, resource.mark(user))
    return replace(request, body=b'{"', headers=(("Content-Type", "application/json"),))


async def _mistyped(resource: BoundResource, user: Identity) -> Request | None:
    request, _ = await resource.creation(user, resource.mark(user))
    return replace(request, body=b"harness", headers=(("Content-Type", "application/x-harness"),))


async def _odd_file(resource: BoundResource, user: Identity) -> Request | None:
    request, _ = await resource.creation(user, resource.mark(user))
    return with_file(request, filename="note.bin", media_type="application/x-harness", content=b"\x7fELF" + bytes(60))


async def _large_file(resource: BoundResource, user: Identity) -> Request | None:
    largest = resource.spec.max_upload
    if largest is None or largest > AFFORDABLE:
        return None
    request, _ = await resource.creation(user, resource.mark(user))
    return replace(request, body=request.body + bytes(2 * largest))


KINDS = {
    "an unknown identifier": _unknown,
    "a broken body": _broken,
    "an unknown media type": _mistyped,
    "an unknown type of file": _odd_file,
    "a file that is too large": _large_file,
}
MAYBE = frozenset({"an unknown media type", "an unknown type of file", "a file that is too large"})


async def _series(lab: Lab, resource: BoundResource, user: Identity, request: Request) -> Series:
    """Send them; what is accepted after all is sent once, and removed at the end."""
    limits, client, errors = limits_of(lab), lab.session.client, []
    before = await client.send(user, probe(lab), purpose="control")
    for _ in range(max(2, min(MOST, limits.requests // 2 - 2))):
        errors.append(await client.send(user, request, purpose="attempt"))
        if refusal(errors[-1]) is None:
            await resource.keep(user, errors[-1])
            break
    return Series(before=before, errors=tuple(errors), after=await client.send(user, probe(lab), purpose="control"))


def _cost(lab: Lab, kind: str, series: Series) -> Observation:
    """What remains tells what the failures have cost; a 413 without a word of it may come from before the limiter."""
    limits, first, count = limits_of(lab), series.errors[0], len(series.errors)
    subject, shown, status = f"{first.request.operation} with {kind}", series.shown, first.status
    about = {"operation": first.request.operation, "users": (first.user,)}
    left, told, then = (number(each, limits.headers.remaining) for each in shown)
    alike = refusal(first) is not None and {each.status for each in series.errors} == {status}
    if left is None or then is None or not alike or (status == TOO_LARGE and told is None):
        sentence = f"{subject} is not refused alike each time ({status_of(first)}), or no quota is told around it"
        return inconclusive(subject, NO_CONTROL, sentence, *shown, **about)
    refilled, paid = limits.rate * (series.after.done - series.before.sent) + 1, left - then - 1
    said = f"{count} times {subject} ({status}) cost {max(0, paid)}: {left} were left before, {then} after"
    if status in limits.free_statuses:
        return (failed if paid > refilled else passed)(subject, f"{said}; it is declared free", *shown, **about)
    if refilled > count / 2:
        return inconclusive(subject, "underpowered", f"{said}, and {refilled:.0f} may have refilled", *shown, **about)
    return (failed if paid < count - refilled else passed)(subject, said, *shown, **about)


def _silent(lab: Lab, kind: str, series: Series) -> Observation | None:
    """Return that a failure says nothing of the quota where the document declares that it does, and successes do."""
    header, first = limits_of(lab).headers.remaining or "", series.errors[0]
    operation = lab.operation(first.request.operation or "")
    declared = operation.declared(first.status) if operation is not None and first.status is not None else None
    promised = declared is not None and header.lower() in {name.lower() for name in declared.headers}
    told = [number(each, header) is not None for each in series.shown]
    if not promised or refusal(first) is None or told != [True, False, True]:
        return None
    subject = f"{first.request.operation} with {kind}"
    sentence = f"{subject} is answered {first.status} without {header}, which the document declares for it"
    return failed(f"{subject}: {header}", sentence, *series.shown, operation=first.request.operation)
