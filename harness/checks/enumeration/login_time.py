"""User enumeration by time (CWE-208): a log-in must not hash passwords for names only that somebody has.

Names are asked in pairs, one that exists and one that does not; see `harness.checks._pairs` for when a difference
counts. Each user is asked for a few times only, as names may be locked, and nobody's name once.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from harness.checks._pairs import SMALLEST, Pairs
from harness.checks.sessions._accounts import entered, log_in, newcomer
from harness.expect import failed, inconclusive, passed, status_of
from harness.identities.passwords import new_password
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation

WARM_UP, FIRST, MOST = 2, 12, 36
"""Users that are asked for, of each of whom a few log-ins are tried."""
TRIES = 3


@check(
    severity=Severity.MEDIUM,
    catches=["enumeration.time"],
    needs=Needs(features=("passwords",), exclusive=True, timed=True, slow=True),
    owasp="API2:2023",
    cwe=208,
    mode="many",
)
async def login_time(lab: Lab) -> AsyncIterator[Observation]:
    """The time of a refused log-in does not tell whether there is such a user."""
    spec = lab.scenario.users.login
    assert spec is not None  # noqa: S101 -- Needs(features=("passwords",))
    about: dict[str, Any] = {"operation": spec.operation, "users": ("alice", "nobody")}
    user = await newcomer(lab, "alice")
    await _sample(lab, WARM_UP)
    sample = await _sample(lab, FIRST)
    while sample.needed > len(sample) and len(sample) < MOST * _tries(lab):
        sample.extend(await _sample(lab, FIRST))
    again = await _sample(lab, FIRST) if sample.differs else None
    control = await log_in(lab, str(user.username), user.password.value if user.password else "")
    every = [*sample.known, *sample.unknown, *(again.known + again.unknown if again else ())]
    yield _unusable(lab, control, every, about) or _judge(spec.operation, sample, again, about)


def _unusable(lab: Lab, control: Exchange, tried: list[Exchange], about: dict[str, Any]) -> Observation | None:
    """Return why the times say nothing: log-ins that are limited, or a service that lets everybody in, or nobody."""
    operation = about["operation"]
    limited = next((each for each in (control, *tried) if each.limited), None)
    if limited is not None:
        return inconclusive(
            operation, "quota", f"{operation} limits log-ins (429): too few were tried", limited, **about
        )
    if entered(lab, control) and not any(entered(lab, each) for each in tried):
        return None
    sentence = f"{operation} does not tell right passwords ({status_of(control)}) from wrong ones"
    return inconclusive(operation, "no-control", sentence, control, tried[0], **about)


def _judge(operation: str, sample: Pairs, again: Pairs | None, about: dict[str, Any]) -> Observation:
    shown = (sample.known[-1], sample.unknown[-1])
    much = f"{abs(sample.difference) * 1000:.1f} ms"
    if again is not None and sample.shown_again(again):
        more = "more" if sample.difference > 0 else "less"
        sentence = (
            f"{operation} takes {much} {more} to refuse a wrong password of a user than a name that nobody has"
            f" (medians of {len(sample)} pairs, again {again.difference * 1000:+.1f} ms in {len(again)})"
        )
        return failed(operation, sentence, *shown, **about)
    if sample.needed > len(sample):
        sentence = f"times of {operation} vary too much: {len(sample)} pairs were measured, {sample.needed} are needed"
        return inconclusive(operation, "underpowered", sentence, *shown, **about)
    sentence = (
        f"{operation} takes as long to refuse a wrong password as a name that nobody has"
        f" ({much} apart in {len(sample)} pairs; {SMALLEST * 1000:.0f} ms would be seen)"
    )
    return passed(operation, sentence, *shown, **about)


async def _sample(lab: Lab, users: int) -> Pairs:
    """Ask for that many users, each a few times, and as often for names that nobody has."""
    sample = Pairs()
    for _ in range(users):
        name = str((await newcomer(lab, "alice")).username)
        for _ in range(_tries(lab)):
            nobody = f"{name.rpartition('-')[0]}-{secrets.randbelow(900_000) + 100_000}"
            arms = [(sample.known, name), (sample.unknown, nobody)]
            lab.random.shuffle(arms)
            for arm, asked in arms:
                arm.append(await log_in(lab, asked, new_password()))
    return sample


def _tries(lab: Lab) -> int:
    """Return how often one name may be asked for with a wrong password before it may be locked."""
    lockout = lab.scenario.users.lockout
    return max(1, min(TRIES, lockout.failures - 1)) if lockout is not None else TRIES
