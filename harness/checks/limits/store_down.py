"""A limiter that lets everything through when its store is down (CWE-636): failing open is no limit at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.limits._quota import limited_user, limits_of, probe
from harness.expect import failed, inconclusive, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation
    from harness.service import Service

SUBJECT = "limits without a store"
PATIENCE = 12.0
LARGEST = 100


@check(
    severity=Severity.HIGH,
    catches=["limits.store-down"],
    needs=Needs(features=("limits", "fresh-users", "processes"), drains=True, exclusive=True, writes=False, slow=True),
    owasp="API4:2023",
    cwe=636,
    mode="grey",
)
async def store_down(lab: Lab) -> AsyncIterator[Observation]:
    """No more requests get through when something that the service depends on is down."""
    service = lab.session.service
    if service is None or 2 * limits_of(lab).requests > LARGEST:
        yield inconclusive(SUBJECT, "no-control", "declare a smaller limit for tests")
        return
    effects = [await _without(lab, service, name) for name in service.processes]
    for observation in effects:
        yield observation


async def _without(lab: Lab, service: Service, name: str) -> Observation:
    """Ask for twice the limit at once while the process is stopped."""
    limits, subject = limits_of(lab), f"{SUBJECT}: {name}"
    user = await limited_user(lab, "alice")
    first = await lab.session.client.send(await limited_user(lab, "bob"), probe(lab), purpose="control")
    shots = [(user, probe(lab))] * (2 * limits.requests)
    with service.frozen(name):
        answers = await lab.session.client.gather(shots, concurrency=8, purpose="attempt", timeout=PATIENCE)
    accepted = [answer for answer in answers if answer.ok]
    seconds = max(answer.done for answer in answers) - min(answer.sent for answer in answers)
    most = limits.requests + int(limits.rate * seconds) + 1
    if not first.ok:
        return inconclusive(subject, "no-control", f"the probe fails before {name} is stopped", first)
    if len(accepted) > most:
        sentence = f"while {name} is stopped, {len(accepted)} requests get through; at most {most} are declared"
        return failed(subject, sentence, first, accepted[-1], users=("alice",))
    refused = next(answer for answer in answers if not answer.ok) if len(accepted) < len(answers) else answers[0]
    sentence = (
        f"while {name} is stopped, {len(accepted)} of {len(answers)} get through ({status_of(refused)} otherwise)"
    )
    return passed(subject, sentence, first, refused)
