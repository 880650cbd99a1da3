"""Existence oracles (CWE-204): another user's identifier must be answered like one that nothing has.

Questions about both are sent in turn, and only what tells every foreign answer from every unknown one counts; a
difference is asked for again with new objects before it is reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.checks.oracle._questions import Question, alive, nowhere, questions, with_members
from harness.expect import MISSING, differences, failed, inconclusive, passed, skipped, status_of
from harness.lab import genuine
from harness.model import Needs, Outcome, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation

PAIRS = 2
AGAIN = 4
EXCERPT = 80
NO_CONTROL = "no-control"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a stranger was answered, about objects of another user and about none."""

    foreign: tuple[Exchange, ...]
    unknown: tuple[Exchange, ...]
    names: tuple[tuple[str, str], ...]

    @property
    def differences(self) -> dict[str, tuple[str, str]]:
        """The parts of every foreign answer that no unknown one has: part -> (foreign, unknown)."""
        each = [differences(answer, self.unknown, names=self.names) for answer in self.foreign]
        common = set(each[0]).intersection(*each[1:])
        return {part: each[0][part] for part in sorted(common)}


@check(
    severity=Severity.MEDIUM,
    catches=["oracle.status", "oracle.body"],
    needs=Needs(users=2, operations=("create",)),
    owasp="API1:2023",
    cwe=204,
)
async def status_and_body(lab: Lab) -> AsyncIterator[Observation]:
    """An answer does not tell another user's object from none."""
    alice, bob = await lab.two_users()
    await genuine(lab, alice)
    deleted: dict[str, list[Owned]] = {}
    own: dict[str, Owned] = {}
    for question in questions(lab):
        plain = await _ask(question, alice, bob)
        yield plain
        name = question.resource.name
        own[name] = own.get(name) or await question.resource.create(bob)
        for other in await with_members(question, bob, own[name]) if plain.outcome is not Outcome.FAILED else ():
            found = await _ask(other, alice, bob)
            if found.reason != NO_CONTROL:  # not every document says which values a service really takes
                yield found
        if question.below is None and not question.condition and question.resource.spec.delete is not None:
            deleted[name] = deleted.get(name) or [await _deleted(question.resource, alice) for _ in range(PAIRS)]
            yield await _ask_of_deleted(question, alice, bob, deleted[name])


async def _ask(question: Question, alice: Identity, bob: Identity) -> Observation:
    operation, resource = question.name, question.resource
    about = {"operation": question.operation, "users": (alice.name, bob.name)}
    theirs = [await resource.create(alice) for _ in range(PAIRS)]
    if await alive(alice, theirs[-1], resource) is None:
        sentence = f"{alice.name} does not find the own {resource.name} that {operation} is asked for"
        return inconclusive(operation, NO_CONTROL, sentence, theirs[-1].created, **about)
    answers = await _answers(question, bob, theirs)
    own = await resource.create(bob)
    control = await _send(question, bob, own, "control")
    if not question.answered(control):
        sentence = (
            f"{operation} fails for {bob.name}'s own {resource.name} ({status_of(control)}): equality says nothing"
        )
        return inconclusive(operation, NO_CONTROL, sentence, control, **about)
    shown = (theirs[0].created, answers.foreign[0], answers.unknown[0], control)
    reason = _not_applicable(question, answers, control, (theirs[0], own))
    if reason is not None:
        return skipped(operation, "not-applicable", reason, *shown, **about)
    found = answers.differences
    if found:
        again = await _answers(question, bob, [await resource.create(alice) for _ in range(AGAIN)])
        found = {part: values for part, values in found.items() if part in again.differences}
    if found:
        return failed(operation, _sentence(question, alice, bob, found), *shown, **about)
    status = answers.foreign[0].status
    sentence = f"{operation} answers {bob.name} alike ({status}) about {alice.name}'s {resource.name} and about none"
    return passed(operation, sentence, *shown, **about)


async def _deleted(resource: BoundResource, owner: Identity) -> Owned:
    """Return an object that its owner has deleted; raise Inconclusive where that cannot be done."""
    owned = await resource.create(owner)
    exchange = await resource.delete(owner, owned, purpose="control")
    if not exchange.ok:
        raise resource.lab.no_control(f"{owner.name} could not delete an own {resource.name}", exchange)
    return owned


async def _ask_of_deleted(question: Question, alice: Identity, bob: Identity, deleted: list[Owned]) -> Observation:
    """What is no more must be answered to a stranger like what never was."""
    operation, name = question.operation, question.resource.name
    about = {"operation": operation, "users": (alice.name, bob.name)}
    answers = await _answers(question, bob, deleted)
    shown = (deleted[0].created, answers.foreign[0], answers.unknown[0])
    found = answers.differences
    if found:
        again = await _answers(question, bob, [await _deleted(question.resource, alice) for _ in range(PAIRS)])
        found = {part: values for part, values in found.items() if part in again.differences}
    if found:
        sentence = f"{_sentence(question, alice, bob, found)}, though it is deleted"
        return failed(f"{operation}: deleted", sentence, *shown, **about)
    sentence = f"{operation} answers {bob.name} alike about a deleted {name} of {alice.name}'s and about none"
    return passed(f"{operation}: deleted", sentence, *shown, **about)


def _not_applicable(
    question: Question, answers: Answers, control: Exchange, objects: tuple[Owned, Owned]
) -> str | None:
    """Return why an equal answer, or an unequal one, is no matter of existence."""
    operation, name, (theirs, own) = question.operation, question.resource.name, objects
    if not differences(control, answers.unknown, names=((str(own.id), "<id>"), *answers.names)):
        return f"{operation} answers {control.status} whatever it is asked for, an own {name} or none"
    shown = any(answer.ok for answer in answers.foreign)
    if any(answer.ok for answer in answers.unknown) and not shown:
        return f"{operation} succeeds on any unknown identifier ({answers.unknown[0].status})"
    if question.kind in {"read", "list"} and shown:
        return f"{operation} shows {own.owner.name} what {theirs.owner.name} owns, so that it exists is no secret"
    return None


async def _answers(question: Question, bob: Identity, theirs: list[Owned]) -> Answers:
    """Ask about unknown, foreign, unknown, foreign, unknown: what moves with time differs among the unknown too."""
    resource = question.resource
    made = [nowhere(resource, theirs[0]) for _ in range(len(theirs) + 1)]
    unknown = [await _send(question, bob, made[0], "control")]
    foreign = []
    for owned, nothing in zip(theirs, made[1:], strict=True):
        foreign.append(await _send(question, bob, owned, "attempt"))
        unknown.append(await _send(question, bob, nothing, "control"))
    ids = [str(each.id) for each in (*theirs, *made)]
    names = tuple((name, "<id>") for name in sorted(ids, key=len, reverse=True))
    return Answers(foreign=tuple(foreign), unknown=tuple(unknown), names=names)


async def _send(question: Question, asker: Identity, owned: Owned, purpose: str) -> Exchange:
    request = await question.request(asker, owned)
    exchange = await question.resource.lab.send(asker, request, purpose=purpose)
    if question.kind == "create" and question.below is not None and exchange.ok:
        await question.below.keep(asker, exchange, owned)
    return exchange


def _sentence(question: Question, alice: Identity, bob: Identity, found: dict[str, tuple[str, str]]) -> str:
    part, (mine, other) = next(iter(found.items())) if "status" not in found else ("status", found["status"])
    which = "the status" if part == "status" else part.replace("body/", "the body's ").replace("header ", "the header ")
    named = {MISSING: "missing"}
    return (
        f"{question.name} tells {bob.name} that {alice.name}'s {question.resource.name} exists: "
        f"{which} is {named.get(mine, mine[:EXCERPT])} for it, {named.get(other, other[:EXCERPT])} for an unknown one"
    )
