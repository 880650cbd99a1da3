"""Broken object level authorization (OWASP API1:2023, CWE-639): changing, judged by what the owner reads back.

What was refused may have reached a copy all the same: a list, an index, a cache. So the owner looks in every way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.checks._sight import insisting, unseen
from harness.checks.isolation._sight import USED, used_by_owner
from harness.expect import failed, inconclusive, isolation_cell, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check
from harness.scenario.schema.resources import LOOK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Marker, Owned, View
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import Call


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.update"],
    needs=Needs(users=2, operations=("create", LOOK, "update")),
    owasp="API1:2023",
    cwe=639,
)
async def update_foreign_object(lab: Lab) -> AsyncIterator[Observation]:
    """A user cannot change an object that another user owns, nor one that everybody may read."""
    for resource in lab.resources_with("create", LOOK, "update"):
        alice, bob = await lab.two_users()
        for call in resource.spec.update:
            for owner, stranger in ((alice, bob), (bob, alice)):
                yield await _update(resource, call, await resource.create(owner), stranger)
            if resource.spec.create_public is not None:
                yield await _update(resource, call, await resource.create(alice, public=True), bob, kind="public")
            if (used := await _used(resource, call, alice)) is not None:
                yield await _update(resource, call, used, bob, kind=USED)


async def _used(resource: BoundResource, call: Call, owner: Identity) -> Owned | None:
    """Return an object that its owner has used and may change all the same; None where there is none."""
    theirs, mark = await used_by_owner(resource, await resource.create(owner), change=False), resource.mark(owner)
    if theirs is None or not (await resource.update(owner, theirs, call, mark, purpose="control")).ok:
        return None
    return replace(theirs, marker=mark)


async def _update(
    resource: BoundResource, call: Call, theirs: Owned, stranger: Identity, *, kind: str = ""
) -> Observation:
    operation, owner = call.operation, theirs.owner
    about = {
        "operation": operation,
        "users": (owner.name, stranger.name),
        "cell": isolation_cell(f"{operation} ({kind})" if kind else operation, owner.name, stranger.name),
    }
    own = await resource.create(stranger)
    mark, own_mark = resource.mark(stranger), resource.mark(stranger)
    verb = resource.looks[0]
    before = await resource.seen(owner, theirs, verb)
    if not before.shows(theirs):
        return unseen(before, **about)
    copies = await _Copies.of(resource, theirs, mark)
    attempt = await insisting(lambda: resource.update(stranger, theirs, call, mark, purpose="attempt"))
    control = await resource.update(stranger, own, call, own_mark, purpose="control")
    changed = await resource.showing(stranger, own, verb, own_mark, purpose="control")
    after = await resource.look(owner, theirs, verb, purpose="read-back")  # by then the attempt would show, too
    if after.written(mark) or (after.there and not after.written(theirs.marker)):
        return _changed(theirs, attempt, after, stranger, **about)
    if not after.there:
        sentence = f"{owner.name} cannot read the own {resource.name} back ({status_of(after.last)})"
        return inconclusive(operation, "no-control", sentence, attempt, after.last, **about)
    if not control.ok or not changed.holds(own_mark):
        such = f"an own {resource.name} ({status_of(control)})"
        sentence = f"{stranger.name} cannot change {such} either, so the refusal means nothing"
        return inconclusive(operation, "no-control", sentence, attempt, control, changed.last, **about)
    copy = await copies.changed(replace(own, marker=own_mark))
    if copy is not None:
        return _changed(theirs, attempt, copy, stranger, **about)
    foreign = f"not {owner.name}'s ({attempt.status}), which {owner.name} reads back unchanged"
    sentence = f"{stranger.name} changes an own {resource.name} but {foreign}"
    return passed(operation, sentence, attempt, after.last, control, changed.last, **about)


def _changed(theirs: Owned, attempt: Exchange, view: View, stranger: Identity, **about: Any) -> Observation:
    owner = theirs.owner.name
    said = f"({status_of(attempt)}; {owner} then reads what {stranger.name} wrote, by {view.operation})"
    sentence = f"{stranger.name} changed {owner}'s {theirs.resource} {said}"
    return failed(about["operation"], sentence, theirs.created, attempt, view.last, **about)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copies:
    """An object as its owner finds it in other ways than the most direct one, before a stranger writes `mark`.

    `verbs` are those that show what was written into it; a search for `mark` is `telling` where it finds it not yet.
    """

    resource: BoundResource
    theirs: Owned
    mark: Marker
    verbs: tuple[str, ...]
    telling: bool

    @classmethod
    async def of(cls, resource: BoundResource, theirs: Owned, mark: Marker) -> _Copies:
        """Look for an object in every further way."""
        views = [await resource.seen(theirs.owner, theirs, verb) for verb in resource.looks[1:]]
        verbs = tuple(view.verb for view in views if view.written(theirs.marker))
        copies = cls(resource=resource, theirs=theirs, mark=mark, verbs=verbs, telling=False)
        return replace(copies, telling=not (await copies._asked_for()).found) if "search" in verbs else copies

    async def changed(self, own: Owned) -> View | None:
        """Return the copy that a stranger has changed, who has changed an `own` object since; None if there is none.

        Last comes the most direct look once more: what it shows first may have been remembered.
        """
        for verb in (*self.verbs, self.resource.looks[0]):
            if self.resource.spec.settle:  # as long as the own change takes to show
                await self.resource.showing(own.owner, own, verb, own.marker, purpose="control")
            view = await self.resource.look(self.theirs.owner, self.theirs, verb, purpose="read-back")
            if view.written(self.mark) or (view.item and not view.written(self.theirs.marker)):
                return view
            if verb == "search" and self.telling and (view := await self._asked_for()).found:
                return view
        return None

    async def _asked_for(self) -> View:
        """Look whether the owner finds the object by the words that the stranger writes."""
        return await self.resource.look(self.theirs.owner, replace(self.theirs, marker=self.mark), "search")
