"""Objects that two users make alike (CWE-639, CWE-694): what one does with the own one must not reach the other's.

It does where a service goes by content, or by a name of the caller's choosing, and means an object of the caller: a
creation that takes over what another user has, one row or file for two owners, a deletion of all that look the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.checks._alike import copied, file_names, optional_texts, parent_for, texts
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.lab.resource import View
    from harness.model import Exchange, Identity, Observation

    Pair = tuple[Owned, Owned]  # an object, and another one of the same user's that was made before it


@check(
    severity=Severity.HIGH,
    catches=["isolation.same-content"],
    needs=Needs(users=2, operations=("create",), waits=True),
    owasp="API1:2023",
    cwe=694,
)
async def same_content(lab: Lab) -> AsyncIterator[Observation]:
    """What a user creates alike, deletes or changes leaves another user's object as it was."""
    for resource in lab.private_with("create"):
        alice, bob = await lab.two_users()
        yield await _Twins(resource, alice, bob, "the same content", {}).judge()
        names: dict[str, Any] = texts(optional_texts(resource)) or file_names(resource)
        if names:
            yield await _Twins(resource, alice, bob, f"the same {' and '.join(names)}", names).judge()


@dataclass(frozen=True, slots=True)
class _Twins:
    """An object of Alice's, and one that Bob makes like it: with her bytes, or of his own under her `names`."""

    resource: BoundResource
    alice: Identity
    bob: Identity
    how: str
    names: dict[str, Any]

    @property
    def about(self) -> dict[str, Any]:
        operation = f"{self.resource.operation('create')} ({self.how})"
        cell = isolation_cell(operation, self.alice.name, self.bob.name)
        return {"operation": self.resource.operation("create"), "users": (self.alice.name, self.bob.name), "cell": cell}

    @property
    def subject(self) -> str:
        return f"{self.resource.name}: {self.how}"

    async def judge(self) -> Observation:
        """Bob creates, deletes and changes; after each of these Alice looks for hers in every way that found it.

        Each has made another one before: where that is gone, too, pages have moved, or there is nothing to be found.
        """
        resource = self.resource
        others = [await resource.create(user) for user in (self.alice, self.bob)]
        hers = await resource.create_with(self.alice, self.names)
        if hers is None:
            return skipped(
                self.subject, "not-applicable", f"no {resource.name} is created with {self.how}", **self.about
            )
        shown = {verb: view for verb in resource.looks if (view := await resource.seen(self.alice, hers, verb)).found}
        if not shown:
            sentence = f"{self.alice.name} does not find the own {resource.name}"
            return inconclusive(self.subject, "no-control", sentence, hers.created, **self.about)
        stranger = await resource.look(self.bob, hers, next(iter(shown)), purpose="control")
        if stranger.found:
            sentence = f"{self.bob.name} finds {self.alice.name}'s {resource.name} anyway"
            return skipped(self.subject, "not-applicable", sentence, stranger.last, **self.about)
        answer, his = await self._made(hers)
        if his is None:
            sentence = f"{self.bob.name} may not create a {resource.name} with {self.how} ({status_of(answer)})"
            return skipped(self.subject, "not-applicable", sentence, hers.created, answer, **self.about)
        return await self._lives(hers, his, others, shown)

    async def _made(self, hers: Owned) -> tuple[Exchange, Owned | None]:
        """Create Bob's; with her bytes in it, it is found by what she has written."""
        parent = await parent_for(self.resource, self.bob)
        if self.names:
            return await self.resource.try_create(self.bob, parent=parent, extra=self.names, purpose="attempt")
        answer = await copied(self.resource, self.bob, hers, parent)
        his = await self.resource.keep(self.bob, answer, parent)
        return answer, replace(his, marker=hers.marker) if his is not None else None

    async def _lives(self, hers: Owned, his: Owned, others: list[Owned], shown: dict[str, View]) -> Observation:
        resource, done = self.resource, [his.created]
        alices, bobs = others
        harmed = await self._harmed("created one", (hers, alices), shown, done)
        harmed = harmed or await self._lost((his, bobs), shown, done)
        if harmed is None and resource.spec.delete:
            done.append(await resource.delete(self.bob, his, purpose="attempt"))
            harmed = await self._left(his, shown, done)
            harmed = harmed or await self._harmed("deleted the own one", (hers, alices), shown, done)
        if harmed is None and resource.spec.update:  # another one: what was changed first would look the same no more
            harmed = await self._changed((hers, alices), shown, done)
        harmed = harmed or await self._useless((hers, alices), done)
        if harmed is not None:
            return harmed
        sentence = (
            f"{self.bob.name} has made a {resource.name} with {self.how} as {self.alice.name}'s, and did with it what "
            f"owners may ({', '.join(str(each.status) for each in done)}); {self.alice.name} finds hers as it was"
        )
        return passed(self.subject, sentence, hers.created, *done, **self.about)

    async def _changed(self, pair: Pair, shown: dict[str, View], done: list[Exchange]) -> Observation | None:
        resource = self.resource
        answer, his = await self._made(pair[0])
        if his is None:
            raise resource.lab.no_control(f"{self.bob.name} could not create a second {resource.name}", answer)
        mark, call = resource.mark(self.bob), resource.spec.update[0]
        done += [his.created, await resource.update(self.bob, his, call, mark, purpose="attempt")]
        if not done[-1].ok:
            sentence = f"{self.bob.name} cannot change the own {resource.name} ({status_of(done[-1])})"
            return inconclusive(self.subject, "no-control", sentence, *done, **self.about)
        return await self._harmed("changed the own one", pair, shown, done)

    async def _harmed(self, what: str, pair: Pair, shown: dict[str, View], done: list[Exchange]) -> Observation | None:
        """Return what Alice no longer finds, or not as it was; None where all is well."""
        hers, other = pair
        for verb, before in shown.items():
            now = await self.resource.seen(self.alice, hers, verb, purpose="read-back")
            if now.found and (now.shows(hers) or not before.shows(hers)):
                continue
            sentence = (
                f"{self.bob.name} has {what} with {self.how} as {self.alice.name}'s {self.resource.name} "
                f"({status_of(done[-1])}), and {now.operation} no longer shows {self.alice.name} hers as it was"
            )
            return await self._unless_all(other, verb, sentence, (hers.created, before.last, *done, now.last))
        return None

    async def _useless(self, pair: Pair, done: list[Exchange]) -> Observation | None:
        """Return what Alice can do with an older one and no longer with hers: a part that nothing shows may be gone."""
        hers, other = pair
        for call in (each for each in self.resource.spec.action if not each.publishes):
            acted = await self.resource.act(self.alice, hers, call, purpose="read-back")
            control = acted if acted.ok else await self.resource.act(self.alice, other, call, purpose="control")
            if not acted.ok and control.ok:
                sentence = (
                    f"{self.bob.name} has made a {self.resource.name} with {self.how} as {self.alice.name}'s, and done "
                    f"with it what owners may; {self.alice.name} can {call.name} hers no more ({status_of(acted)})"
                )
                return failed(self.subject, sentence, hers.created, *done, acted, control, **self.about)
        return None

    async def _lost(self, pair: Pair, shown: dict[str, View], done: list[Exchange]) -> Observation | None:
        """Return that Bob's own one is not there, unless nothing that he creates is."""
        his, other = pair
        for verb in shown:
            view = await self.resource.seen(self.bob, his, verb)
            if not view.found:
                sentence = (
                    f"a {self.resource.name} of {self.bob.name}'s with {self.how} as {self.alice.name}'s is "
                    f"acknowledged ({status_of(done[0])}) and never found by {view.operation}; another one is"
                )
                return await self._unless_all(other, verb, sentence, (his.created, view.last))
        return None

    async def _unless_all(self, other: Owned, verb: str, sentence: str, shown: tuple[Exchange, ...]) -> Observation:
        """Return the finding; where an older object of the same user is not found either, that nothing is known."""
        view = await self.resource.seen(other.owner, other, verb)
        if view.found:
            return failed(self.subject, sentence, *shown, **self.about)
        sentence = f"{other.owner.name} does not find another own {self.resource.name} by {view.operation} either"
        return inconclusive(self.subject, "no-control", sentence, *shown, view.last, **self.about)

    async def _left(self, his: Owned, shown: dict[str, View], done: list[Exchange]) -> Observation | None:
        """Return that Bob's is still there after he has deleted it: what that does to Alice's, nobody knows yet."""
        views = [await self.resource.seen(self.bob, his, verb, expected=False, purpose="read-back") for verb in shown]
        left = next((view for view in views if view.found), None)
        if left is None:
            return None
        sentence = f"{self.bob.name}'s own {self.resource.name} stays after its deletion ({status_of(done[-1])})"
        return inconclusive(self.subject, "no-control", sentence, *done, left.last, **self.about)
