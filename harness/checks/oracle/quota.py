"""A quota that is an oracle (CWE-204): what a refusal costs must not tell another user's object from none.

Which of the two is asked for first is drawn for each pair: a quota that refills as fast as pairs are asked would else
seem to come back for one of them only.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from harness.checks.oracle._questions import Question, alive, nowhere, questions
from harness.expect import failed, inconclusive, passed, skipped
from harness.model import Needs, Severity
from harness.quota_headers import told
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation

MINE, PAIRS = 3, 6


@check(
    severity=Severity.LOW,
    catches=["oracle.quota"],
    needs=Needs(users=2, operations=("create", "read"), features=("limits", "limit-headers", "fresh-users")),
    owasp="API1:2023",
    cwe=204,
)
async def quota(lab: Lab) -> AsyncIterator[Observation]:
    """Asking for another user's object costs what asking for none costs."""
    alice, bob = await lab.two_users()
    for question in questions(lab):
        if question.kind == "read" and question.below is None:
            yield await _ask(question, alice, bob)


async def _ask(question: Question, alice: Identity, bob: Identity) -> Observation:
    """Ask for none and for Alice's; each answer says what is left, and so what was spent since the last one."""
    operation, resource, lab = question.operation, question.resource, question.resource.lab
    about = {"operation": operation, "users": (alice.name, bob.name)}
    theirs, own = await resource.create(alice), await resource.create(bob)
    if await alive(alice, theirs, resource) is None:
        sentence = f"{alice.name} does not find the own {resource.name}"
        return inconclusive(operation, "no-control", sentence, theirs.created, **about)
    mine = [await lab.send(bob, await question.request(bob, own), purpose="control") for _ in range(MINE)]
    order = [purpose for _ in range(PAIRS) for purpose in lab.random.sample(("control", "attempt"), 2)]
    asked = []
    for purpose in order:
        owned = theirs if purpose == "attempt" else nowhere(resource, theirs)
        asked.append(await lab.send(bob, await question.request(bob, owned), purpose=purpose))
    if any(answer.ok for answer in asked):
        return skipped(operation, "not-applicable", f"{operation} refuses {bob.name} nothing", asked[-1], **about)
    left = [_left(lab, answer) for answer in (*mine, *asked)]
    known = [each for each in left if each is not None]
    moves = any(before > after for before, after in pairwise(known[:MINE]))
    if len(known) < len(left) or not moves or not all(answer.ok for answer in mine):
        sentence = f"what is left does not move with what {bob.name} may do, so it tells nothing of refusals"
        return inconclusive(operation, "no-control", sentence, *mine, **about)
    spent = list(zip(order, (before - after for before, after in pairwise(known[MINE - 1 :])), strict=True))
    foreign, unknown = ({cost for purpose, cost in spent if purpose == kind} for kind in ("attempt", "control"))
    if foreign.isdisjoint(unknown):
        sentence = (
            f"{operation} tells {bob.name} that {alice.name}'s {resource.name} exists: to ask for it costs "
            f"{max(foreign)} of the quota, to ask for none {max(unknown)} ({PAIRS} times each)"
        )
        return failed(operation, sentence, theirs.created, *asked[:4], **about)
    sentence = f"what a refusal by {operation} costs {bob.name} does not tell {alice.name}'s {resource.name} from none"
    return passed(operation, sentence, mine[1], *asked[:4], **about)


def _left(lab: Lab, exchange: Exchange) -> int | None:
    limits = lab.scenario.limits
    if limits is None or limits.headers.remaining is None or exchange.response is None:
        return None
    return told(exchange.response.header(limits.headers.remaining) or "", "remaining")
