"""Credentials that can be guessed (CWE-340): counted, taken from a clock, too short, or digests of small things."""

from __future__ import annotations

import hashlib
import itertools
import math
import time
from typing import TYPE_CHECKING

from harness.checks.sessions._accounts import another_session
from harness.expect import failed, inconclusive, passed, refusal, skipped, status_of
from harness.identities import claims_of
from harness.lab import genuine, harmless
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from harness.lab import Lab
    from harness.model import Identity, Observation

COUNT = 12
LEAST_BITS = 64
LARGE_STEP = 2**56
SMALL = 20_000
AROUND = 300
ALPHABETS = ("0123456789", "0123456789abcdef", "abcdefghijklmnopqrstuvwxyz0123456789")
SUBJECT = "credential"


@check(
    severity=Severity.CRITICAL,
    catches=["sessions.guessable"],
    needs=Needs(features=("fresh-users",)),
    owasp="API2:2023",
    cwe=340,
)
async def guessable(lab: Lab) -> AsyncIterator[Observation]:
    """Credentials that the service gives out cannot be guessed from each other, a clock or a name."""
    if lab.session.introductions.minter is not None:
        yield skipped(SUBJECT, "not-applicable", "credentials are signed tokens that the service does not make")
        return
    await genuine(lab, await lab.new_user("bob"))
    users = await _many(lab)
    given = [user.token.value for user in users if user.token is not None]
    if len(given) < COUNT:
        yield inconclusive(SUBJECT, "no-control", f"only {len(given)} credentials were given out, {COUNT} are needed")
    elif all(claims_of(value) is not None for value in given):
        yield skipped(
            SUBJECT, "not-applicable", "credentials are JSON Web Tokens; what signs them is checked elsewhere"
        )
    elif (useless := await _opens_nothing(lab, users[-1])) is not None:
        yield useless
    else:
        yield _judge(given, users)


async def _opens_nothing(lab: Lab, user: Identity) -> Observation | None:
    """Return why the credentials are not worth guessing: they open nothing, or nothing is closed without them."""
    request = harmless(lab, user)
    if request is None:
        return inconclusive(SUBJECT, "no-harmless-operation", "nothing private to try a credential on")
    own, nobody = [await lab.send(each, request, purpose="control") for each in (user, lab.anonymous)]
    if own.ok and refusal(nobody) is not None:
        return None
    sentence = f"{request.operation} answers {status_of(own)} with a credential and {status_of(nobody)} without one"
    return inconclusive(SUBJECT, "no-control", sentence, own, nobody)


async def _many(lab: Lab) -> list[Identity]:
    """Return many sessions: of one user where one can log in again and is given another credential; else of many."""
    first = await lab.new_user("alice")
    if lab.scenario.users.login is not None and first.password is not None:
        again = await another_session(lab, first)
        if again.token != (await another_session(lab, first)).token:
            return [again, *[await another_session(lab, first) for _ in range(COUNT - 1)]]
    return [first, *[await lab.new_user("alice") for _ in range(COUNT - 1)]]


def _judge(given: Sequence[str], users: Sequence[Identity]) -> Observation:
    varying = _varying(given)
    reasons = (
        _repeated(given),
        _counted(varying),
        _digest(given, {text for user in users for text in (user.username, user.subject, user.name) if text}),
        _short(varying),
    )
    found = next((reason for reason in reasons if reason), None)
    if found is not None:
        return failed(SUBJECT, f"credentials that the service gives out can be guessed: {found}", users=("alice",))
    bits = _bits(varying)
    sentence = (
        f"{len(given)} credentials differ in up to {bits:.0f} bits, do not count, and are no digest of a small thing"
    )
    return passed(SUBJECT, sentence)


def _varying(given: Sequence[str]) -> list[str]:
    """Cut off what all credentials begin and end with."""
    head = _common(given)
    rest = [value[head:] for value in given]
    tail = _common([value[::-1] for value in rest])
    return [value[: len(value) - tail] for value in rest]


def _common(texts: Sequence[str]) -> int:
    """Return how many characters all texts begin with."""
    return sum(1 for _ in itertools.takewhile(lambda each: len(set(each)) == 1, zip(*texts, strict=False)))


def _repeated(given: Sequence[str]) -> str | None:
    return f"of {len(given)} only {len(set(given))} differ" if len(set(given)) < len(given) else None


def _counted(varying: Sequence[str]) -> str | None:
    """In order of creation they grow (or fall) by small steps: random ones do so once in 240 million times for twelve.

    What begins with the time and goes on at random (ULID, UUID version 7) grows by large steps, and is not meant.
    """
    for base, name in ((10, "decimal"), (16, "hexadecimal"), (36, "base 36")):
        try:
            numbers = [int(value or "0", base) for value in varying]
        except ValueError:
            continue
        steps = [after - before for before, after in itertools.pairwise(numbers)]
        ordered = all(step > 0 for step in steps) or all(step < 0 for step in steps)
        if ordered and max(map(abs, steps)) < LARGE_STEP:
            return f"as {name} numbers they follow each other in order ({len(numbers)} of {len(numbers)})"
    return None


def _digest(given: Sequence[str], texts: set[str]) -> str | None:
    """Compare with digests of names, small numbers and the seconds around now."""
    now = int(time.time())
    known = set(given) | {value.lower() for value in given}
    for kind, guesses in (
        ("a user's name", texts),
        ("a small number", map(str, range(SMALL))),
        ("the time in seconds", map(str, range(now - AROUND, now + AROUND))),
    ):
        for guess in guesses:
            if not known.isdisjoint(_digests(guess)):
                return f"one is a digest of {kind}"
    return None


def _digests(text: str) -> Iterator[str]:
    raw = text.encode()
    yield from (hashlib.new(name, raw, usedforsecurity=False).hexdigest() for name in ("md5", "sha1", "sha256"))


def _bits(varying: Sequence[str]) -> float:
    """Return the most bits that the varying part can hold, by the smallest usual alphabet it is written in."""
    seen = set("".join(varying))
    size = next((len(each) for each in ALPHABETS if seen <= set(each)), 64)
    return min(len(value) for value in varying) * math.log2(size)


def _short(varying: Sequence[str]) -> str | None:
    bits = _bits(varying)
    return f"they differ in {bits:.0f} bits at most, {LEAST_BITS} are expected" if bits < LEAST_BITS else None
