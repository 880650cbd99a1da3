"""What others have, or asked before, moves nothing in an answer (CWE-203): no count, no flag beside the results.

Newcomers, who own nothing, search for words that nobody has, that somebody's object holds, and that somebody searched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.model import Needs, Severity
from harness.registry import check
from harness.requests import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation

ROUNDS = 2
NOBODY = "nobody has"
HELD, ASKED = "somebody's object holds", "somebody searched for"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a newcomer was told: every number and flag beside the results, by its place."""

    exchange: Exchange
    told: dict[str, Any]


@check(
    severity=Severity.MEDIUM,
    catches=["isolation.count", "isolation.cache"],
    needs=Needs(users=2, operations=("create", "search"), features=("fresh-users",)),
    owasp="API3:2023",
    cwe=203,
)
async def influence(lab: Lab) -> AsyncIterator[Observation]:
    """A search tells a newcomer nothing of what others have or asked."""
    alice, _ = await lab.two_users()
    for resource in lab.resources_with("create", "search"):
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
    answers: dict[str, list[Answer]] = {NOBODY: [], HELD: [], ASKED: []}
    for _ in range(ROUNDS):
        held, asked = await resource.create(alice), await resource.create(alice)
        if not (await resource.seen(alice, asked, "search")).found:  # by then what was created before it shows, too
            sentence = f"{alice.name} does not find the own {resource.name} by {operation}"
            return inconclusive(operation, "no-control", sentence, asked.created, **about)
        nobody = resource.lab.session.markers.issue(resource.lab.key(alice)).query
        for kind, query in ((NOBODY, nobody), (HELD, held.marker.query), (ASKED, asked.marker.query)):
            answers[kind].append(await _answer(resource, query))
    broken = next((each.exchange for told in answers.values() for each in told if not each.exchange.ok), None)
    if broken is not None:
        sentence = f"{operation} answers a newcomer {status_of(broken)}"
        return inconclusive(operation, "no-control", sentence, broken, **about)
    for kind in (HELD, ASKED):
        place = next(_moved(answers[NOBODY], answers[kind]), None)
        if place is not None:
            first, second = answers[NOBODY][0], answers[kind][0]
            values = (
                f"{first.told.get(place)!r} for words that nobody has, {second.told.get(place)!r} for words that {kind}"
            )
            sentence = f"{operation} tells a newcomer of others: {place} is {values}"
            return failed(operation, sentence, first.exchange, second.exchange, **about)
    sentence = f"{operation} answers newcomers alike, whatever others have or asked before"
    return passed(operation, sentence, answers[HELD][0].exchange, answers[ASKED][0].exchange, **about)


async def _answer(resource: BoundResource, query: str) -> Answer:
    """Let a new user search once."""
    lab = resource.lab
    user = await lab.new_user("bob")
    listing = await resource.pages(user, "search", marker=lab.session.markers.issue(lab.key(user), query=query))
    exchange = listing.exchanges[0]
    call = resource.spec.search
    items = call.items if call is not None else ""
    return Answer(exchange=exchange, told=dict(_told("", requests.parsed(exchange.body), items)))


def _told(place: str, node: Any, items: str) -> Iterator[tuple[str, Any]]:
    """Walk the numbers and flags of a JSON value, but those of the results."""
    if place == items and items:
        return
    if isinstance(node, dict):
        for name, each in node.items():
            yield from _told(f"{place}/{name}", each, items)
    elif isinstance(node, bool | int | float) or node is None:
        yield place, node


def _moved(before: list[Answer], after: list[Answer]) -> Iterator[str]:
    """Walk the places that hold one value in all the answers before, and another one in all those after."""
    for place in sorted({place for each in (*before, *after) for place in each.told}):
        first, second = ({repr(each.told.get(place)) for each in answers} for answers in (before, after))
        if len(first) == len(second) == 1 and first != second:
            yield place
