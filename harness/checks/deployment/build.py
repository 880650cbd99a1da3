"""Another build than the released one answers (OWASP API9:2023, CWE-1059), and everything else is said of that one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import requests
from harness.expect import failed, inconclusive, passed, status_of
from harness.model import Needs, Request, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation


@check(
    severity=Severity.HIGH,
    catches=["deployment.build"],
    needs=Needs(users=0, features=("expected-build",), writes=False),
    owasp="API9:2023",
    cwe=1059,
)
async def build(lab: Lab) -> AsyncIterator[Observation]:
    """What answers says that it is the expected build."""
    target = lab.scenario.target
    assert target.version is not None  # noqa: S101 -- Needs(features=("expected-build",))
    method, _, path = target.version.partition(" ")
    request = Request(method=method, target=path, operation=target.version)
    exchange = await lab.send(lab.anonymous, request, purpose="control")
    document = requests.parsed(exchange.body)
    if not exchange.ok or document is requests.MISSING:
        sentence = f"{target.version} answered {status_of(exchange)}, expected JSON that names the build"
        yield inconclusive("the build", "no-control", sentence, exchange)
        return
    for pointer, expected in target.expect.items():
        found = requests.pointer(document, pointer)
        subject = f"the build: {pointer}"
        if found is None or str(found) != expected:
            yield failed(subject, f"{target.version} says {found!r} at {pointer}, expected {expected!r}", exchange)
        else:
            yield passed(subject, f"{target.version} says {expected!r} at {pointer}", exchange)
