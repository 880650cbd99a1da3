"""Readiness that does not look (CWE-684): what the service depends on is stopped for a moment, and it must say so.

Only where the harness controls the processes: a service that it started itself, and that names what it depends on.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, status_of
from harness.lab import harmless
from harness.model import Basis, Needs, Request, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation
    from harness.service import Service

DOWN_WITHIN = 8.0
BACK_WITHIN = 25.0
TURNS = 2
PATIENCE = 12.0
PACE = 0.3


@check(
    severity=Severity.MEDIUM,
    catches=["deployment.ready"],
    needs=Needs(slow=True, features=("ready", "processes"), exclusive=True),
    owasp="API8:2023",
    cwe=684,
    mode="grey",
)
async def dependencies(lab: Lab) -> AsyncIterator[Observation]:
    """Readiness tells when something that the service depends on is down, and when it is back."""
    user = await lab.user(lab.session.introductions.names[0])
    work, service = harmless(lab, user), lab.session.service
    if work is None or service is None:
        yield inconclusive("dependencies", "no-control", "nothing private to try while something is down")
        return
    for name in service.processes:
        yield await _stop(lab, service, name, (user, work))


async def _stop(lab: Lab, service: Service, name: str, work: tuple[Identity, Request]) -> Observation:
    """Ask for readiness and for something private before, while and after the process is stopped."""
    before = await _work(lab, work)
    if not before.ok or not (first := await _ready(lab, wanted=True, within=BACK_WITHIN)).ok:
        return inconclusive(name, "no-control", f"the service does not work before {name} is stopped", before)
    with service.frozen(name):
        during, broken = await asyncio.gather(_ready(lab, wanted=False, within=DOWN_WITHIN), _work(lab, work))
    for _ in range(TURNS):
        back, again = await _ready(lab, wanted=True, within=BACK_WITHIN), await _work(lab, work)
        if back.ok and again.ok:
            break
    shown, said = (first, during, broken, back), f"while {name} is stopped {during.request.target}"
    if not back.ok or not again.ok:  # a second run would only find a service that does not work
        statuses = f"{status_of(back)}, {status_of(again)}"
        sentence = f"after {name} goes on the service does not come back ({statuses}; not confirmed: it is still so)"
        return failed(name, sentence, *shown, again, basis=Basis.ONCE)
    if during.ok and not broken.ok:
        sentence = f"{said} says ready, and {broken.request.operation} is answered {status_of(broken)}"
        return failed(name, sentence, *shown)
    if during.ok:
        return inconclusive(name, "no-effect", f"{said} says ready, and {broken.request.operation} works", *shown)
    return passed(name, f"{said} is answered {status_of(during)}, and {status_of(back)} once it goes on", *shown)


async def _work(lab: Lab, work: tuple[Identity, Request]) -> Exchange:
    user, request = work
    return await lab.session.client.send(user, request, purpose="control", timeout=PATIENCE)


async def _ready(lab: Lab, *, wanted: bool, within: float) -> Exchange:
    """Ask for readiness until it is as wanted, or the time is over."""
    method, _, path = str(lab.scenario.target.ready).partition(" ")
    request = Request(method=method, target=path, operation=lab.scenario.target.ready)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while True:
        exchange = await lab.session.client.send(lab.anonymous, request, purpose="ready", timeout=PATIENCE)
        if exchange.ok == wanted or loop.time() >= deadline:
            return exchange
        await asyncio.sleep(PACE)
