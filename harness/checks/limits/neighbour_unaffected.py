"""A shared bucket (CWE-799): one user's exhausted quota must not be another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.limits._quota import drain, limited_user, limits_of, number, probe, unusable
from harness.expect import failed, inconclusive, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation

SUBJECT = "neighbour"


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
        yield failed(
            SUBJECT,
            "alice is fresh and is limited on her first request: somebody else's requests were counted as hers",
            drained.refused[0],
            users=("alice",),
        )
        return
    useless = unusable(SUBJECT, drained)
    if useless is not None:
        yield useless
        return
    if not drained.refused:
        yield inconclusive(
            SUBJECT,
            "no-control",
            "alice could not be brought to a 429, so bob's access says nothing",
            drained.exchanges[-1],
        )
        return
    client, header = lab.session.client, limits_of(lab).headers.remaining
    first = await client.send(bob, probe(lab), purpose="attempt")
    namesake = await client.send(await limited_user(lab, "alice"), probe(lab), purpose="attempt")
    still = await client.send(alice, probe(lab), purpose="control")
    left, users = number(first, header), ("alice", "bob")
    if not first.ok:
        yield failed(
            SUBJECT,
            f"alice's 429 is bob's too: bob's first request is answered {status_of(first)}",
            *drained.exchanges,
            first,
            users=users,
        )
    elif not namesake.ok:
        sentence = f"alice's 429 is that of a user with a similar name, too ({status_of(namesake)})"
        yield failed(SUBJECT, sentence, drained.refused[0], namesake, users=("alice",))
    elif left is not None and left < drained.limit - 1:
        yield failed(
            SUBJECT,
            f"bob's first request leaves {left} of {drained.limit}: alice's requests were counted as bob's",
            *drained.exchanges,
            first,
            users=users,
        )
    elif still.status != 429 and still.sent - drained.refused[0].done < 1 / drained.rate:  # noqa: PLR2004
        yield inconclusive(
            SUBJECT,
            "no-control",
            f"alice is not limited any more ({status_of(still)}), so bob's access says nothing",
            still,
        )
    else:
        yield passed(
            SUBJECT,
            f"alice is limited after {len(drained.accepted)} requests; bob's first request is answered {first.status}",
            drained.refused[0],
            first,
        )
