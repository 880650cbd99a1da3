"""Guessable signing secrets (CWE-1391): tried offline, against one token, with a bounded list of words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.checks.tokens._forging import any_secret
from harness.expect import failed, inconclusive, passed, skipped
from harness.identities import UserRefused
from harness.lab import harmless
from harness.model import Needs, Severity
from harness.registry import check
from harness.tokens import WORDS, crack, decode, mint, named_after, numbers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Identity, Observation

FEW, MANY = 4, 6
"""Digits of numbers that are tried; a million of them are some seconds of work."""


@check(
    severity=Severity.CRITICAL,
    catches=["tokens.weak-secret"],
    needs=Needs(users=1, writes=False),
    owasp="API2:2023",
    cwe=1391,
)
async def weak_secret(lab: Lab) -> AsyncIterator[Observation]:
    """The secret that signs tokens is in no list of usual words."""
    yield await _examine(lab, await lab.user(lab.session.introductions.names[0]))
    if lab.session.introductions.minter is None or lab.session.quota.scarce:
        return
    try:
        newcomer = await lab.session.introductions.newcomer("newcomer")
    except UserRefused as refused:
        yield skipped("signing secret of a newcomer's token", "not-seen", str(refused))
        return
    if newcomer is not None:
        yield await _examine(lab, newcomer)


async def _examine(lab: Lab, user: Identity) -> Observation:
    """Look at the token of one user: ours is signed with our secret, that of a newcomer with the service's."""
    token, subject = user.token.value if user.token else "", f"signing secret of {user.name}'s token"
    try:
        header, claims, _ = decode(token)
    except ValueError:
        return skipped(subject, "not-applicable", "credentials of this service are no JSON Web Tokens")
    algorithm = str(header.get("alg", ""))
    if not algorithm.startswith("HS"):
        return skipped(subject, "not-applicable", f"tokens are signed with {algorithm}, not with a shared secret")
    if harmless(lab, user) is None:
        return inconclusive("signing secret", "no-harmless-operation", "nothing private to try the token on")
    control = await any_secret(lab, user)
    if control is not None:
        return control
    planted = mint(claims, header, lab.random.choice(WORDS), algorithm)
    if crack(planted, WORDS) is None:
        return inconclusive(subject, "self-test", "the list of words does not crack a planted token")
    document = lab.session.document
    title = document.title if document else ""
    return await _judge(subject, token, user, title, _digits(lab))


def _digits(lab: Lab) -> int:
    """A secret that the harness was given is guessed at briefly: whoever made it up could be asked."""
    brief = lab.session.profile == "quick" and lab.session.introductions.minter is not None
    return FEW if brief else MANY


async def _judge(subject: str, token: str, user: Identity, title: str, digits: int) -> Observation:
    """Try words, the service's own name, and numbers; which one it was is told to nobody."""
    kinds = {
        f"one of {len(WORDS):,} usual secrets": WORDS,
        "a secret made of the service's own name": tuple(named_after(title)),
        f"a number of at most {digits} digits": numbers(digits),
    }
    for kind, words in kinds.items():
        if await asyncio.to_thread(crack, token, words) is not None:
            return failed(subject, f"{user.name}'s token is signed with {kind}", users=(user.name,))
    sentence = (
        f"none of {len(WORDS):,} usual secrets signs {user.name}'s token, nor the service's name, nor a number of"
        f" at most {digits} digits; a planted one was found"
    )
    return passed(subject, sentence)
