"""A shared bucket (CWE-799): one user's exhausted quota must not be another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.limits._quota import drain, limited_user, limits_of, number, probe, unusable
from harness.expect import failed, inconclusive, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.checks.limits._quota import Drained
    from harness.lab import Lab
    from harness.model import Identity, Observation

SUBJECT = "neighbour"
TRIES = 3


@check(
    severity=Severity.HIGH,
    catches=["limits.neighbour", "limits.address"],
    needs=Needs(users=2, features=("limits", "fresh-users"), drains=True, writes=False),
    owasp="API4:2023",
    cwe=799,
)
async def neighbour_unaffected(lab: Lab) -> AsyncIterator[Observation]:
    """A user who has used up the quota takes nothing from another user's."""
    alice, bob = await limited_user(lab, "alice"), await limited_user(lab, "bob")
    drained = await drain(lab, alice)
    if drained.refused and not drained.accepted:
        sentence = "alice is fresh and is limited on her first request: somebody else's requests were counted as hers"
        yield failed(SUBJECT, sentence, drained.refused[0], users=("alice",))
        return
    useless = unusable(SUBJECT, drained)
    if useless is not None:
        yield useless
        return
    if not drained.refused:
        sentence = "alice could not be brought to a 429, so bob's access says nothing"
        yield inconclusive(SUBJECT, "no-control", sentence, drained.exchanges[-1])
        return
    yield await _ask(lab, alice, bob, drained)


async def _ask(lab: Lab, alice: Identity, bob: Identity, drained: Drained) -> Observation:
    """Let Bob ask once, while Alice is limited: before and after, or what he gets says nothing."""
    client, header, users = lab.session.client, limits_of(lab).headers.remaining, ("alice", "bob")
    first = await client.send(bob, probe(lab), purpose="attempt")
    namesake = await client.send(await limited_user(lab, "alice"), probe(lab), purpose="attempt")
    still = await client.send(alice, probe(lab), purpose="control")
    left, refused = number(first, header), drained.refused[0]
    if not first.ok:
        sentence = f"alice's 429 is bob's too: bob's first request is answered {status_of(first)}"
        return failed(SUBJECT, sentence, *drained.exchanges, first, users=users)
    if not namesake.ok:
        sentence = f"alice's 429 is that of a user with a similar name, too ({status_of(namesake)})"
        return failed(SUBJECT, sentence, refused, namesake, users=("alice",))
    if left is not None and left < drained.limit - 1:
        sentence = f"bob's first request leaves {left} of {drained.limit}: alice's requests were counted as bob's"
        return failed(SUBJECT, sentence, *drained.exchanges, first, users=users)
    if not still.limited and not await _limited_again(lab, alice, bob):
        sentence = f"alice is not limited any more ({status_of(still)}), so bob's access says nothing"
        return inconclusive(SUBJECT, "no-control", sentence, still)
    sentence = (
        f"alice is limited after {len(drained.accepted)} requests; bob's first request is answered {first.status}"
    )
    return passed(SUBJECT, sentence, refused, first)


async def _limited_again(lab: Lab, alice: Identity, bob: Identity) -> bool:
    """Say whether Bob gets through between two refusals of Alice's: a token may come back at any moment."""
    for _ in range(TRIES):
        if (await drain(lab, alice)).refused:
            between = await lab.session.client.send(bob, probe(lab), purpose="attempt")
            if (await lab.session.client.send(alice, probe(lab), purpose="control")).limited:
                return between.ok
    return False
