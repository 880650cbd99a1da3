"""Existence oracles through uniqueness (CWE-203): content that somebody else holds must be as welcome as any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import requests
from harness.checks._alike import copied, optional_texts, parent_for, texts
from harness.checks.oracle._names import taken_name
from harness.expect import MISSING, differences, failed, inconclusive, passed, skipped, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation

FRESH = 2
CONTENT = "(the content)"


@check(
    severity=Severity.HIGH,
    catches=["oracle.conflict"],
    needs=Needs(users=2, operations=("create",)),
    owasp="API1:2023",
    cwe=203,
)
async def conflict(lab: Lab) -> AsyncIterator[Observation]:
    """Creating what another user already has is answered like creating something new."""
    for resource in lab.private_with("create"):
        alice, bob = await lab.two_users()
        yield await _create(resource, alice, bob)
        names = optional_texts(resource)
        if names and await resource.create_with(alice, texts(names)) is not None:
            yield await _create(resource, alice, bob, names)


async def _create(resource: BoundResource, alice: Identity, bob: Identity, names: tuple[str, ...] = ()) -> Observation:
    """Bob creates something new, what Alice has, something new, what Alice has; each with texts under `names`."""
    operation = resource.operation("create")
    about = {"operation": operation, "users": (alice.name, bob.name)}
    parent = await parent_for(resource, bob)
    hers, fresh, same = [], [], []
    for turn in range(FRESH):  # new and known in another order each time: what takes turns by itself tells nothing
        hers.append(await _made(resource, alice, names))
        known = await copied(resource, bob, hers[-1], parent) if turn % 2 else None
        fresh.append(await _made(resource, bob, names, parent))
        same.append(known or await copied(resource, bob, hers[-1], parent))
    shown = (hers[0].created, same[0], fresh[0].created)
    if resource.looks and not (view := await resource.seen(alice, hers[-1], resource.looks[0])).found:
        sentence = f"{alice.name} does not find the own {resource.name}, so nobody has its content"
        return inconclusive(operation, "no-control", sentence, view.last, **about)
    refused = [exchange for exchange in same if not exchange.ok]
    if len(refused) == FRESH:
        return await _refused(resource, (alice, bob), refused[0], parent, shown)
    if refused:
        return inconclusive(operation, "unclear", f"{operation} is refused once of {FRESH} times", *refused, **about)
    copies = [await resource.keep(bob, exchange, parent) for exchange in same]
    if all(copy is not None and _is_given(copy, original) for copy, original in zip(copies, hers, strict=True)):
        sentence = (
            f"{bob.name} creates a {resource.name} with {alice.name}'s content and is given the id of {alice.name}'s"
        )
        return failed(operation, sentence, *shown, **about)
    found = _told(same, [each.created for each in fresh]) or await _renamed(resource, bob, (hers, copies, fresh))
    if found:
        part, (mine, other) = next(iter(found.items()))
        sentence = (
            f"{operation} tells {bob.name} that somebody has the same content: {part} is {mine} then, {other} otherwise"
        )
        return failed(operation, sentence, *shown, **about)
    sentence = (
        f"{operation} answers {bob.name} alike ({same[0].status}), whether {alice.name} has the same content or not"
    )
    return passed(operation, sentence, *shown, **about)


def _is_given(copy: Owned, original: Owned) -> bool:
    """Whether a copy has the identifier of the original, which its maker did not choose.

    Once may be chance, where each user's objects are numbered.
    """
    chosen = (str(value) for value in requests.values(requests.parsed(copy.created.request.body)))
    return str(copy.id) == str(original.id) and str(copy.id) not in chosen


async def _refused(
    resource: BoundResource,
    users: tuple[Identity, Identity],
    refused: Exchange,
    parent: Owned | None,
    shown: tuple[Exchange, ...],
) -> Observation:
    """What others own must not be in the way; but for a name that is unique among everybody's, by design."""
    (alice, bob), operation = users, resource.operation("create")
    about = {"operation": operation, "users": (alice.name, bob.name)}
    said = f"{bob.name} cannot create a {resource.name} with the %s of {alice.name}'s ({status_of(refused)})"
    name = await taken_name(resource, bob, refused, parent)
    if name is not None and resource.spec.unique != "owner":
        sentence = f"{said % name}, which is unique among all: that somebody has it is no secret"
        return skipped(operation, "not-applicable", sentence, *shown, **about)
    sentence = f"{said % (name or 'content')}, while a new one is accepted: so it is known that somebody has it"
    return failed(operation, sentence, *shown, **about)


async def _made(resource: BoundResource, user: Identity, names: tuple[str, ...], parent: Owned | None = None) -> Owned:
    """Create an object with a text of its own under each name; raise Inconclusive where that does not succeed."""
    exchange, owned = await resource.try_create(user, parent=parent, extra=texts(names))
    if owned is None:
        raise resource.lab.no_control(f"{user.name} could not create a {resource.name}", exchange)
    return owned


def _told(same: list[Exchange], fresh: list[Exchange]) -> dict[str, tuple[str, str]]:
    """Return what every answer to known content has in common and no answer to new content.

    Texts differ because contents do; a field that is there or not, a flag or a number do not, nor does a text that is
    the same whatever the content.
    """
    each = [differences(exchange, fresh) for exchange in same]
    common = {part: each[0][part] for part in sorted(set(each[0]).intersection(*each[1:]))}
    steady = {part for part in common if len({found[part] for found in each}) == 1 and not part.startswith("header ")}
    return {part: both for part, both in common.items() if part in steady or _telling(part, *both)}


async def _renamed(
    resource: BoundResource, user: Identity, made: tuple[list[Owned], list[Owned | None], list[Owned]]
) -> dict[str, tuple[str, str]]:
    """Return what of the content is shown otherwise where somebody has the same: a name with a number behind it."""
    originals, copies, fresh = made
    mine = [each for each in copies if each is not None]
    if "read" not in resource.looks or len(mine) < FRESH:
        return {}
    shown = [await resource.read(user, each, purpose="read-back") for each in mine]
    others = [await resource.read(user, each, purpose="read-back") for each in fresh]
    if not all(each.ok for each in (*shown, *others)):
        return {}
    names = [(each.marker.text, CONTENT) for each in (*originals, *fresh)]
    each = [differences(exchange, others, names=names) for exchange in shown]
    return {part: both for part, both in each[0].items() if all(CONTENT in text for text in both) and part in each[1]}


def _telling(part: str, mine: str, other: str) -> bool:
    if part.startswith("header "):  # a quota falls and a length differs whoever has the content
        return MISSING in {mine, other}
    return MISSING in {mine, other} or {mine, other} == {"True", "False"} or (mine.isdecimal() and other.isdecimal())
