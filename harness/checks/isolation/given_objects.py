"""What users have without having created it (CWE-639): a bank account, a vehicle, an invoice.

No request of a run makes such things, so no marker is in them. What each user's own answers tell says whose they are:
the items of a list, and the numbers of the own account.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.checks.isolation._given import Told, own_documents, particular, reads_by_variable, told
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.lab.ownership import identifiers
from harness.lab.resource import lookalike
from harness.model import Needs, Severity
from harness.openapi.inference.words import OWNERS, words
from harness.registry import check
from harness.scenario.schema import Call

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation, Operation

MOST = 12
SHARE = 0.5
"""Of what an answer says of one user's thing alone, the part that shows it to another one."""
SHORTEST_NAME = 4


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.given"],
    needs=Needs(users=2, features=("document",)),
    owasp="API1:2023",
    cwe=639,
)
async def given_objects(lab: Lab) -> AsyncIterator[Observation]:
    """What a user has without having created it, no other user reads."""
    reads = list(islice(reads_by_variable(lab), MOST))
    if not reads:
        yield skipped("paths", "not-applicable", "every read of one thing is of things that users create")
        return
    alice, bob = await lab.two_users()
    shown = [await own_documents(lab, user) for user in (alice, bob)]
    for read in reads:
        hers, his = (list(told(read, documents)) for documents in shown)
        yield await _Given(lab=lab, read=read, alice=alice, bob=bob).judge(hers, his)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """One read of one thing, and two users who have such things."""

    lab: Lab
    read: Operation
    alice: Identity
    bob: Identity

    async def judge(self, hers: Sequence[Told], his: Sequence[Told]) -> Observation:
        """Each reads the own thing, and Bob one that nobody has, and then Alice's."""
        overlap = {each.value for each in hers} & {each.value for each in his}
        users = {
            *await identifiers(self.lab, self.alice),
            *await identifiers(self.lab, self.bob),
        }  # shown to all, maybe
        own, other = (
            [each for each in one if each.value not in overlap and (each.collection or each.value not in users)]
            for one in (hers, his)
        )
        if not own or not other:
            sentence = f"no answer tells {self.alice.name} and {self.bob.name} a value each for {self.read.id}"
            return skipped(self.read.id, "not-exercised", sentence)
        before = await self._ask(self.alice, own[0].value, "control")
        control = await self._ask(self.bob, other[0].value, "control")
        if not before.ok or not control.ok:
            sentence = f"{self.read.id} shows not both users what is theirs ({status_of(before)}, {status_of(control)})"
            return skipped(self.read.id, "not-exercised", sentence, before, control)
        unknown = await self._ask(self.bob, lookalike(own[0].value), "control")
        facts = particular(before, (control, unknown))
        if unknown.ok:  # it may repeat whatever it is asked for
            facts = frozenset(fact for fact in facts if fact[1] != own[0].value)
        personal = own[0].collection and not overlap
        if not facts or not (personal or await self._named(facts)):
            sentence = f"nothing in what {self.read.id} answers tells whose it is"
            return skipped(self.read.id, "not-exercised", sentence, before, control, unknown)
        return await self._attempt(own[0].value, facts, before, control, unknown)

    async def _attempt(self, value: Any, facts: frozenset[Any], *controls: Exchange) -> Observation:
        operation, owner, stranger = self.read.id, self.alice.name, self.bob.name
        about = {"operation": operation, "users": (owner, stranger), "cell": isolation_cell(operation, owner, stranger)}
        attempt = await self._ask(self.bob, value, "attempt")
        outside = await self._ask(self.lab.anonymous, value, "control")
        after = await self._ask(self.alice, value, "read-back")
        shown = (*controls, attempt, outside, after)
        if _shows(outside, facts) and self.read.secured:
            sentence = f"{operation} shows everybody what is {owner}'s, and is said to ask for a credential"
            return failed(operation, sentence, *shown, **about)
        if _shows(outside, facts):
            return skipped(operation, "not-applicable", f"{operation} is for everybody to read", *shown)
        if not after.ok:
            sentence = f"{owner} does not read it again ({status_of(after)})"
            return inconclusive(operation, "no-control", sentence, *shown, **about)
        if _shows(attempt, facts):
            sentence = f"{stranger} reads by {operation} what is {owner}'s ({attempt.status})"
            return failed(operation, sentence, *shown, **about)
        if attempt.broken or (attempt.ok and not controls[-1].ok):
            sentence = f"{operation} answers {stranger} with {status_of(attempt)}, for what is {owner}'s"
            return inconclusive(operation, "unclear", sentence, *shown, **about)
        sentence = f"{owner} and {stranger} each read their own by {operation}; {stranger} not hers ({attempt.status})"
        return passed(operation, sentence, *shown, **about)

    async def _ask(self, user: Identity, value: Any, purpose: str) -> Exchange:
        request = requests.build(Call(operation=self.read.id), {}, (value,))
        return await self.lab.send(user, request, purpose=purpose)

    async def _named(self, facts: frozenset[Any]) -> bool:
        """Whether what is said of Alice's thing alone names her; a short number does so as an owner only."""
        known = {str(each) for each in await identifiers(self.lab, self.alice)}
        named = {(name, str(value)) for name, value in facts if str(value) in known}
        return any("_".join(words(name)) in OWNERS or len(value) >= SHORTEST_NAME for name, value in named)


def _shows(exchange: Exchange, facts: frozenset[Any]) -> bool:
    """Whether an answer says most of what was said of one user's thing alone."""
    return exchange.ok and len(facts & particular(exchange, ())) >= SHARE * len(facts)
