"""A documented operation that is not there (OWASP API9:2023, CWE-1059): document and build are two releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, status_of
from harness.lab import genuine, specimens
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation

ABSENT = frozenset({404, 405, 501})


@check(
    severity=Severity.HIGH,
    catches=["deployment.build"],
    needs=Needs(operations=("create",), features=("document",)),
    owasp="API9:2023",
    cwe=1059,
)
async def routes(lab: Lab) -> AsyncIterator[Observation]:
    """Every operation of the document that the scenario can call is there."""
    user = await lab.user(lab.session.introductions.names[0])
    await genuine(lab, user)
    for specimen in await specimens(lab, user):
        about = {"operation": specimen.operation}
        if lab.operation(specimen.operation) is None:
            sentence = f"{specimen.operation} is not in the document; correct the scenario, or release the document"
            yield inconclusive(specimen.operation, "not-documented", sentence, **about)
            continue
        exchange = await specimen.accepted()
        if exchange.ok:
            yield passed(specimen.operation, f"{specimen.operation} is there ({exchange.status})", exchange, **about)
        elif exchange.status in ABSENT:
            sentence = f"{specimen.operation} is documented, and answers its owner {exchange.status}"
            yield failed(specimen.operation, sentence, exchange, **about)
        else:
            sentence = f"{specimen.operation} answers its owner {status_of(exchange)}"
            yield inconclusive(specimen.operation, "no-control", sentence, exchange, **about)
