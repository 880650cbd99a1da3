"""What others have, or asked before, moves nothing in an answer (CWE-203): no count, no flag beside the results.

Newcomers, who own nothing, search for words that nobody has, that somebody's object holds, and that somebody searched.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check
from harness.requests import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation

ROUNDS = 2
PAUSE = 1.1
"""Longer than what a clock in whole seconds needs to move on: what moves by itself tells nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a newcomer was told: every number and flag beside the results, by its place."""

    exchange: Exchange
    told: dict[str, Any]
    surplus: int
    """By how much a total is larger than what is there."""


@check(
    severity=Severity.MEDIUM,
    catches=["isolation.count", "isolation.cache"],
    needs=Needs(users=2, operations=("create", "search"), features=("fresh-users",), waits=True),
    owasp="API3:2023",
    cwe=203,
)
async def influence(lab: Lab) -> AsyncIterator[Observation]:
    """A search tells a newcomer nothing of what others have or asked."""
    alice, _ = await lab.two_users()
    await genuine(lab, alice)
    for resource in lab.private_with("create", "search"):
        operation = resource.operation("search")
        if PLACEHOLDER.search(operation):
            yield skipped(operation, "not-applicable", f"{operation} is below what a newcomer does not own")
        else:
            yield await _ask(resource, alice)


async def _ask(resource: BoundResource, alice: Identity) -> Observation:
    operation = resource.operation("search")
    about = {
        "operation": operation,
        "users": (alice.name, "bob"),
        "cell": isolation_cell(f"{operation} (influence)", alice.name, "bob"),
    }
    rounds = []
    for _ in range(ROUNDS):
        first = await _answer(resource, resource.lab.session.markers.issue(resource.lab.key(alice)).query)
        await asyncio.sleep(PAUSE)
        second = await _answer(resource, resource.lab.session.markers.issue(resource.lab.key(alice)).query)
        held, asked = await resource.create(alice), await resource.create(alice)
        if not (await resource.seen(alice, asked, "search")).found:  # by then what was created before it shows, too
            sentence = f"{alice.name} does not find the own {resource.name} by {operation}"
            return inconclusive(operation, "no-control", sentence, asked.created, **about)
        owned = (held, asked)
        others = [await _answer(resource, each.marker.query) for each in owned]
        rounds.append((first, second, *others))
    broken = next((each.exchange for answers in rounds for each in answers if not each.exchange.ok), None)
    if broken is not None:
        sentence = f"{operation} answers a newcomer {status_of(broken)}"
        return inconclusive(operation, "no-control", sentence, broken, **about)
    _, nobodys, held_answer, asked_answer = rounds[-1]
    if all(each.surplus > 0 for answers in rounds for each in answers):
        sentence = f"{operation} tells a newcomer of {nobodys.surplus} more than are there: others' are counted"
        return failed(operation, sentence, nobodys.exchange, held_answer.exchange, **about)
    for place, before, after in _moved(rounds):
        sentence = f"{operation} tells a newcomer what others have or ask: {place} goes from {before} to {after}"
        return failed(operation, sentence, nobodys.exchange, held_answer.exchange, asked_answer.exchange, **about)
    if any(hers.marker.in_bytes(each.exchange.body) for hers in owned for each in rounds[-1][2:]):
        sentence = f"{operation} shows a newcomer what {alice.name} has: a hint of it is no news"
        return skipped(operation, "not-applicable", sentence, held_answer.exchange, asked_answer.exchange, **about)
    sentence = f"{operation} answers newcomers alike, whatever others have or asked before"
    return passed(operation, sentence, held_answer.exchange, asked_answer.exchange, **about)


async def _answer(resource: BoundResource, query: str) -> Answer:
    """Let a new user search once."""
    lab = resource.lab
    user = await lab.new_user("bob")
    listing = await resource.pages(user, "search", marker=lab.session.markers.issue(lab.key(user), query=query))
    exchange = listing.exchanges[0]
    call = resource.spec.search
    items = call.items if call is not None else ""
    told = dict(_told("", requests.parsed(exchange.body), items))
    return Answer(exchange=exchange, told=told, surplus=(listing.total or 0) - len(listing.items))


def _told(place: str, node: Any, items: str) -> Iterator[tuple[str, Any]]:
    """Walk the numbers and flags of a JSON value, but those of the results."""
    if place and place in items.split("|"):
        return
    if isinstance(node, dict):
        for name, each in node.items():
            yield from _told(f"{place}/{name}", each, items)
    elif isinstance(node, bool | int | float) or node is None:
        yield place, node


def _moved(rounds: Sequence[tuple[Answer, ...]]) -> Iterator[tuple[str, str, str]]:
    """Walk the places whose value does not move by itself, but in every round with what others have, or with asking."""
    for place in sorted({place for answers in rounds for each in answers for place in each.told}):
        told = [tuple(repr(each.told.get(place)) for each in answers) for answers in rounds]
        steady = all(values[0] == values[1] for values in told)
        for before, after in ((1, 2), (2, 3)):
            if steady and all(values[before] != values[after] for values in told):
                yield place, told[-1][before], told[-1][after]
