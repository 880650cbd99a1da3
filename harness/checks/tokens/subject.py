"""Tokens without a subject that fall back to a shared user (CWE-1287), and subjects that stand for another user.

A comparison may fold letters, or take a subject for a pattern or a list (CWE-155); and it may do so in one place only,
such as a cache. So the owner looks first in every way that there is, and the other user then asks the very same.
"""

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
    from collections.abc import AsyncIterator, Iterator, Sequence

    from harness.lab import BoundResource, Lab, Owned, View
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
            others = [(kind, named("bob", text)) for kind, text in _alike(alice.subject)]
            async for observation in _other_users(resource, alice, others):
                yield observation
            for kind, (hers, his) in _apart(alice.subject).items():
                with contextlib.suppress(Inconclusive):  # that a service takes no such subjects is its right
                    async for observation in _other_users(resource, named("alice", hers), [(kind, named("bob", his))]):
                        yield observation


def _apart(text: str) -> dict[str, tuple[str, str]]:
    """Return pairs of subjects of which a service that keeps a part only takes both for one."""
    long = text.ljust(LONG, "-")
    return {
        "only at its end": (f"{long}a", f"{long}b"),
        "only in the provider before it": (f"google|{text}", f"github|{text}"),
        "only in the realm after it": (f"{text}@a.example", f"{text}@b.example"),
        "only in the tag of an address": (f"{text}+a@a.example", f"{text}+b@a.example"),
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
        "only in a wildcard of SQL": f"{text[:-1]}%",
        "only in an asterisk": f"{text[:-1]}*",
        "only in a name after a comma": f"{text},nobody",
        "only in a name after a bar": f"{text}|nobody",
        "only in a quote and what follows it": f"{text}' OR ''='",
        "only in what follows a NUL": f"{text}\0nobody",
        "only in a character without width": f"{text[:1]}\u200b{text[1:]}",
        "only in a letter that is percent-encoded": text.replace(first, f"%{ord(first):02x}", 1) if first else text,
    }
    yield from ((kind, other) for kind, other in alike.items() if other != text)


async def _other_users(
    resource: BoundResource, alice: Identity, others: Sequence[tuple[str, Identity]]
) -> AsyncIterator[Observation]:
    """Let users whose subjects are hardly another look for Alice's object, in every way that she finds it by."""
    hers = await resource.create(alice)
    controls = [await resource.seen(alice, hers, verb) for verb in resource.looks]
    for kind, other in others:
        looks = [(control, await resource.look(other, hers, control.verb, purpose="attempt")) for control in controls]
        yield _judge(resource, alice, hers, f"subjects that differ {kind}: {resource.name}", looks)


def _judge(
    resource: BoundResource, alice: Identity, hers: Owned, subject: str, looks: Sequence[tuple[View, View]]
) -> Observation:
    """Judge what another user finds (second) beside what Alice finds in the same way (first)."""
    kind = subject.partition(":")[0]
    for control, attempt in looks:
        if control.found and attempt.found:
            sentence = f"{kind} are one user: what {alice.name} owns is found by {control.operation}"
            users = (alice.name, attempt.user.name)
            return failed(
                subject, sentence, hers.created, control.last, attempt.last, users=users, operation=control.operation
            )
    told = [(control, attempt) for control, attempt in looks if control.found]
    if not told:
        sentence = f"alice does not find the own {resource.name} by {looks[0][0].operation}"
        return inconclusive(subject, "no-control", sentence, looks[0][0].last)
    unclear = next((attempt for _, attempt in told if attempt.last.broken), None)
    if unclear is not None:
        sentence = f"{unclear.operation} answered {status_of(unclear.last)}"
        return inconclusive(subject, "unclear", sentence, unclear.last)
    return passed(subject, f"{kind} are two users", *(view.last for pair in told for view in pair))
