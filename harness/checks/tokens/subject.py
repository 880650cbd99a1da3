"""Tokens without a subject that fall back to a shared user (CWE-1287)."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from harness.checks.tokens._forging import refuses
from harness.expect import failed, inconclusive, passed, status_of
from harness.lab import Inconclusive
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation

LONG = 120
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
FULL_WIDTH = 0xFEE0
"""How far the full-width form of an ASCII character is from it (Unicode, Halfwidth and Fullwidth Forms)."""


@check(
    severity=Severity.HIGH,
    catches=["tokens.subject"],
    needs=Needs(users=2, operations=("create",), features=("minter",)),
    owasp="API2:2023",
    cwe=1287,
)
async def subject(lab: Lab) -> AsyncIterator[Observation]:
    """A token without a usable subject is refused."""
    async for observation in refuses(lab, "tokens.subject"):
        yield observation
    alice, _ = await lab.two_users()
    minter = lab.session.introductions.minter
    if minter is None or alice.claims is None or alice.subject is None:
        return

    def named(role: str, text: str) -> Identity:
        claims = {**known, "sub": text}
        return lab.session.introductions.with_token(role, minter.sign(claims), claims=claims)

    known = alice.claims
    for resource in lab.private_with("create"):
        if resource.looks:
            for kind, text in _alike(alice.subject):
                yield await _other_user(resource, alice, named("bob", text), kind)
            for kind, (hers, his) in _apart(alice.subject).items():
                with contextlib.suppress(Inconclusive):  # that a service takes no such subjects is its right
                    yield await _other_user(resource, named("alice", hers), named("bob", his), kind)


def _apart(text: str) -> dict[str, tuple[str, str]]:
    """Return pairs of subjects of which a service that keeps a part only takes both for one."""
    long = text.ljust(LONG, "-")
    return {
        "only at its end": (f"{long}a", f"{long}b"),
        "only in the provider before it": (f"google|{text}", f"github|{text}"),
        "only in the realm after it": (f"{text}@a.example", f"{text}@b.example"),
    }


def _alike(text: str) -> Iterator[tuple[str, str]]:
    """Walk subjects that a careless comparison takes for the same one (RFC 7519, section 4.1.2: a StringOrURI).

    A UUID is the same in capitals (RFC 9562, section 4).
    """
    first = next((letter for letter in text if letter.isascii() and letter.isalpha()), "")
    alike = {
        "only in letter case": text if UUID.fullmatch(text) else text.swapcase(),
        "only in a blank after it": f"{text} ",
        "only in the width of a letter": text.replace(first, chr(ord(first) + FULL_WIDTH), 1) if first else text,
    }
    yield from ((kind, other) for kind, other in alike.items() if other != text)


async def _other_user(resource: BoundResource, alice: Identity, other: Identity, kind: str) -> Observation:
    """Let a user look for Alice's object whose subject differs from hers in nothing else."""
    verb, subject = resource.looks[0], f"subjects that differ {kind}: {resource.name}"
    hers = await resource.create(alice)
    control = await resource.seen(alice, hers, verb)
    attempt = await resource.look(other, hers, verb, purpose="attempt")
    users = (alice.name, other.name)
    if not control.found:
        sentence = f"alice does not find the own {resource.name} by {control.operation}"
        return inconclusive(subject, "no-control", sentence, control.last)
    if attempt.found:
        sentence = f"a user whose subject differs from alice's {kind} finds her {resource.name}"
        return failed(
            subject, sentence, hers.created, control.last, attempt.last, users=users, operation=control.operation
        )
    if not attempt.last.broken:
        return passed(subject, f"subjects that differ {kind} are two users", control.last, attempt.last)
    return inconclusive(subject, "unclear", f"{control.operation} answered {status_of(attempt.last)}", attempt.last)
