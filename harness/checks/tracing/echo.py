"""A caller that sends an id of its own looks for that one in the logs (CWE-778)."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, skipped
from harness.lab import harmless
from harness.model import Needs, Request, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Identity, Observation

SUBJECT = "echoed request ids"
LONGER = tuple("".join(f"{number:02x}" for number in range(count)) for count in (32, 64))
"""Ids of 64 and 128 characters, as other services of a chain may give them; to take none of them is allowed."""


@check(
    severity=Severity.LOW,
    catches=["tracing.echo"],
    needs=Needs(features=("tracing",), writes=False),
    owasp="API8:2023",
    cwe=778,
)
async def echo(lab: Lab) -> AsyncIterator[Observation]:
    """A valid request id that the caller sends comes back, on successes and on errors."""
    spec = lab.scenario.tracing
    assert spec is not None  # noqa: S101 -- Needs(features=("tracing",))
    if not spec.echo:
        yield skipped(SUBJECT, "not-offered", "nothing says that incoming ids come back")
        return
    user = await lab.user(lab.session.introductions.names[0])
    request = harmless(lab, user)
    if request is None:
        yield inconclusive(
            SUBJECT, "no-control", "the scenario names nothing that a user may read without creating first"
        )
        return
    nowhere = Request(method="GET", target=f"{lab.session.client.policy.origin.prefix}/{uuid.uuid4().hex}")
    for what, identity, each in (
        ("a success", user, request),
        ("a refusal", lab.anonymous, request),
        ("an unknown route", user, nowhere),
    ):
        yield await _tried(lab, what, identity, each, spec.header)


async def _tried(lab: Lab, what: str, identity: Identity, request: Request, header: str) -> Observation:
    """Send ids of the usual shapes; one of them must come back as it was, and none as its beginning."""
    subject, exchanges = f"{SUBJECT}: {what}", []
    for sent in LONGER:
        cut = await lab.send(identity, replace(request, headers=(*request.headers, (header, sent))), purpose="attempt")
        part = (cut.response.header(header) if cut.response else None) or ""
        if part != sent and part and sent.startswith(part):
            sentence = f"{what} ({cut.status}) answers with the first {len(part)} of {len(sent)} characters of {header}"
            return failed(subject, sentence, cut)
    mixed = secrets.token_hex(8) + secrets.token_hex(8).upper()
    other = await lab.send(identity, replace(request, headers=(*request.headers, (header, mixed))), purpose="attempt")
    folded = (other.response.header(header) if other.response else None) or ""
    if folded != mixed and folded.lower() == mixed.lower():
        return failed(subject, f"{what} ({other.status}) answers with the letters of {header} in another case", other)
    for sent in (str(uuid.uuid4()), uuid.uuid4().hex):
        tagged = replace(request, headers=(*request.headers, (header, sent)))
        exchange = await lab.send(identity, tagged, purpose="attempt")
        exchanges.append(exchange)
        if exchange.response is not None and exchange.response.all(header) == (sent,):
            return passed(subject, f"{what} ({exchange.status}) answers with the {header} that was sent", exchange)
    got = exchanges[-1].response.header(header) if exchanges[-1].response else None
    if got is None:
        return inconclusive(
            subject, "no-control", f"{what} ({exchanges[-1].status}) carries no {header} at all", *exchanges
        )
    return failed(
        subject,
        f"{what} ({exchanges[-1].status}) answers with another {header} than was sent: {got[:80]!r}",
        *exchanges,
    )
