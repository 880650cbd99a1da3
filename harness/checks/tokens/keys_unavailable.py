"""A verifier that lets everybody in while the published keys cannot be had (CWE-636): failing open.

Only where the harness is the issuer, and so can stop publishing: nothing listens, errors, no keys, or silence.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.checks.tokens._forging import forged, unasked
from harness.expect import failed, inconclusive, passed, status_of, token_cell
from harness.lab import harmless
from harness.model import Needs, Severity
from harness.registry import check
from harness.tokens import forgeries_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.issuer import Issuer
    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation, Request
    from harness.tokens import Forgery

SUBJECT = "published keys"
WORDS = {
    "closed": "nothing listens where the keys are",
    "failing": "the key server answers 503",
    "empty": "no key is published",
    "silent": "the key server does not answer",
}
QUICK = ("closed", "failing")
TRIED = ("signature-foreign", "payload-subject", "algorithm-none-empty", "key-unpublished")
PATIENCE, PACE, GRACE = 12.0, 0.3, 20.0


@check(
    severity=Severity.CRITICAL,
    catches=["tokens.jwks-down"],
    needs=Needs(users=2, features=("minter", "key-changes"), exclusive=True, writes=False),
    owasp="API2:2023",
    cwe=636,
    mode="grey",
)
async def keys_unavailable(lab: Lab) -> AsyncIterator[Observation]:
    """A forged token is refused also while the keys to verify it with cannot be fetched."""
    alice, bob = await lab.two_users()
    request, issuer = harmless(lab, alice), lab.session.introductions.issuer
    if request is None or issuer is None or issuer.where.refresh is None:
        yield inconclusive(SUBJECT, "no-control", "nothing private to try a forged token on")
        return
    weaknesses = ("tokens.signature", "tokens.algorithm-none", "tokens.unknown-key")
    made = [each for each in forged(lab, alice, bob, forgeries_of(*weaknesses)) if each[0].name in TRIED]
    for how in QUICK if lab.session.profile == "quick" else WORDS:
        async for observation in _while(lab, issuer, how, (alice, request), made):
            yield observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """What the valid token was answered before, while and after; `unnoticed` says why nothing was missing, if so."""

    how: str
    before: Exchange
    valid: Exchange
    after: Exchange
    unnoticed: str | None


async def _while(
    lab: Lab, issuer: Issuer, how: str, work: tuple[Identity, Request], made: list[tuple[Forgery, Identity]]
) -> AsyncIterator[Observation]:
    """Try forged tokens during an outage that is longer than the service may believe what it has fetched."""
    user, request = work
    before = await _send(lab, user, request, None)
    if not before.ok:
        sentence = f"{request.operation} refuses the valid token ({status_of(before)})"
        yield inconclusive(f"{SUBJECT}: {how}", "no-control", sentence, before)
        return
    fetched = issuer.fetches
    with issuer.out_of_order(how):
        await asyncio.sleep(issuer.where.refresh or 0)
        attempts = [_send(lab, identity, request, forgery.name) for forgery, identity in made]
        valid, *answers = await asyncio.gather(_send(lab, user, request, None), *attempts)
        missed = issuer.missed
    after = await _accepted(lab, user, request)
    noticed = issuer.fetches > fetched if how == "closed" else missed > 0
    unnoticed = unasked(lab) or (None if noticed else f"while {WORDS[how]}, the service did not ask for the keys")
    outage = Outage(how=how, before=before, valid=valid, after=after, unnoticed=unnoticed)
    for (forgery, _), answer in zip(made, answers, strict=True):
        yield _judge(outage, forgery, answer)


def _judge(outage: Outage, forgery: Forgery, answer: Exchange) -> Observation:
    said, operation = f"while {WORDS[outage.how]}", str(answer.request.operation)
    subject, cell = f"{SUBJECT}: {outage.how}: {forgery.name}", token_cell(operation, f"{forgery.name}, {said}")
    controls = (outage.before, outage.valid, outage.after)
    if answer.ok:
        sentence = f"{said}, {operation} accepts a forged token ({answer.status}): {forgery.title}"
        return failed(subject, sentence, outage.before, answer, users=("alice",), operation=operation, cell=cell)
    if not outage.after.ok:
        reason, sentence = "no-control", f"afterwards the valid token is answered {status_of(outage.after)}"
    elif outage.unnoticed is not None:
        reason, sentence = "never-fetched", outage.unnoticed
    elif answer.response is None:
        reason, sentence = "unclear", f"{said}, a forged token gets no answer ({answer.error})"
    else:
        statuses = f"a forged token is answered {answer.status}, the valid one {status_of(outage.valid)}"
        return passed(
            subject, f"{said}, {statuses}: {forgery.title}", answer, *controls, operation=operation, cell=cell
        )
    return inconclusive(subject, reason, sentence, answer, *controls, operation=operation, cell=cell)


async def _send(lab: Lab, user: Identity, request: Request, forged: str | None) -> Exchange:
    purpose = "attempt" if forged else "control"
    return await lab.session.client.send(user, request, purpose=purpose, timeout=PATIENCE, forged=forged)


async def _accepted(lab: Lab, user: Identity, request: Request) -> Exchange:
    """Ask with the valid token until it is accepted, for as long as a service may take to come back."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + GRACE
    while True:
        exchange = await _send(lab, user, request, None)
        if exchange.ok or clock() >= deadline:
            return exchange
        await asyncio.sleep(PACE)
