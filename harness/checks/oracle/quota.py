"""A quota that is an oracle (CWE-204): what a refusal costs must not tell another user's object from none.

Which of the two is asked for first is drawn for each pair: a quota that refills as fast as pairs are asked would else
seem to come back for one of them only.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from harness.checks._pairs import ALPHA
from harness.checks.oracle._questions import Question, alive, nowhere, questions
from harness.expect import failed, inconclusive, passed, skipped
from harness.model import Needs, Severity
from harness.quota_headers import told
from harness.registry import check
from harness.statistics import mann_whitney

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab, Owned
    from harness.model import Exchange, Identity, Observation

MINE, PAIRS = 3, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Costs:
    """What each refusal took from the quota: about another user's object, and about none."""

    foreign: list[int]
    unknown: list[int]

    @property
    def overlap(self) -> bool:
        """Whether one cost at least was seen of both."""
        return not set(self.foreign).isdisjoint(self.unknown)

    @property
    def differ(self) -> bool:
        """Whether they are not simply the same."""
        return sorted(self.foreign) != sorted(self.unknown)

    @property
    def tell_apart(self) -> bool:
        """Whether one is known by its cost: they never overlap, or by far more rarely than chance allows."""
        return not self.overlap or mann_whitney(self.unknown, self.foreign).p < ALPHA

    def with_more(self, more: _Costs | None) -> _Costs:
        """Return these and more, if there are any."""
        return (
            self if more is None else _Costs(foreign=self.foreign + more.foreign, unknown=self.unknown + more.unknown)
        )


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
    asked = await _pairs(question, bob, theirs)
    answers = [answer for _, answer in asked]
    if any(answer.ok for answer in answers):
        return skipped(operation, "not-applicable", f"{operation} refuses {bob.name} nothing", answers[-1], **about)
    costs = _costs(lab, mine, asked) if all(answer.ok for answer in mine) else None
    if costs is None:
        sentence = f"what is left does not move with what {bob.name} may do, so it tells nothing of refusals"
        return inconclusive(operation, "no-control", sentence, *mine, **about)
    if costs.overlap and costs.differ:  # what came back between two questions may have hidden a cost: ask once more
        again = await _pairs(question, bob, theirs)
        costs = costs.with_more(_costs(lab, answers, again))
    if costs.tell_apart:
        sentence = (
            f"{operation} tells {bob.name} that {alice.name}'s {resource.name} exists: to ask for it costs "
            f"{median(costs.foreign):g} of the quota, to ask for none {median(costs.unknown):g} "
            f"(medians of {len(costs.foreign)})"
        )
        return failed(operation, sentence, theirs.created, *answers[:4], **about)
    sentence = f"what a refusal by {operation} costs {bob.name} does not tell {alice.name}'s {resource.name} from none"
    return passed(operation, sentence, mine[1], *answers[:4], **about)


async def _pairs(question: Question, bob: Identity, theirs: Owned) -> list[tuple[str, Exchange]]:
    """Ask for Alice's and for none, in an order that is drawn for each pair."""
    resource, lab, asked = question.resource, question.resource.lab, []
    for purpose in [each for _ in range(PAIRS) for each in lab.random.sample(("control", "attempt"), 2)]:
        owned = theirs if purpose == "attempt" else nowhere(resource, theirs)
        asked.append((purpose, await lab.send(bob, await question.request(bob, owned), purpose=purpose)))
    return asked


def _costs(lab: Lab, before: list[Exchange], asked: list[tuple[str, Exchange]]) -> _Costs | None:
    """Return what each question cost, None where an answer tells nothing or what was asked before moved nothing."""
    known = [each for exchange in (*before, *(each for _, each in asked)) if (each := _left(lab, exchange)) is not None]
    moves = any(first > second for first, second in pairwise(known[: len(before)]))
    if len(known) < len(before) + len(asked) or not moves:
        return None
    spent = list(pairwise(known[len(before) - 1 :]))
    costs = [(purpose, first - second) for (purpose, _), (first, second) in zip(asked, spent, strict=True)]
    foreign, unknown = ([cost for purpose, cost in costs if purpose == kind] for kind in ("attempt", "control"))
    return _Costs(foreign=foreign, unknown=unknown)


def _left(lab: Lab, exchange: Exchange) -> int | None:
    limits = lab.scenario.limits
    if limits is None or limits.headers.remaining is None or exchange.response is None:
        return None
    return told(exchange.response.header(limits.headers.remaining) or "", "remaining")
