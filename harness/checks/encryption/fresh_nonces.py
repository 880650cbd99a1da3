"""Nonces that repeat or count (CWE-323): under GCM one repetition gives away both texts and the key of the tag."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from harness.checks.encryption._rows import database, row_of
from harness.expect import failed, inconclusive, passed, skipped
from harness.model import Nature, Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation

COUNT = 6
NONCE = 12
ZEROS = 5
"""Leading zero bytes: one random nonce in 2**40 has that many."""


@check(
    severity=Severity.HIGH,
    catches=["encryption.nonce"],
    needs=Needs(users=1, operations=("create",), features=("database",)),
    owasp="API8:2023",
    cwe=323,
    mode="grey",
)
async def fresh_nonces(lab: Lab) -> AsyncIterator[Observation]:
    """Every ciphertext begins with a nonce of its own that does not count."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.resources_with("create"):
        objects = [await resource.create(user) for _ in range(COUNT)]
        async with database(lab) as connection:
            rows = [await row_of(connection, owned) for owned in objects]
        nonces = [value[:NONCE] for row in rows if row is not None for value in row.sealed.values()]
        yield _judge(resource.name, nonces)


def _judge(name: str, nonces: list[bytes]) -> Observation:
    about = {"nature": Nature.STRUCTURAL}
    if not nonces:
        return skipped(name, "not-applicable", f"no ciphertext of a {name} is in the database")
    if len(nonces) < COUNT:
        return inconclusive(name, "no-control", f"only {len(nonces)} ciphertexts of a {name} were found")
    times = max(Counter(nonces).values())
    if times > 1:
        return failed(name, f"{times} of {len(nonces)} ciphertexts of a {name} begin with the same nonce", **about)
    counting = [nonce for nonce in nonces if not any(nonce[:ZEROS])]
    if counting:
        sentence = f"{len(counting)} of {len(nonces)} ciphertexts of a {name} have a nonce that counts from zero"
        return failed(name, sentence, **about)
    return passed(name, f"{len(nonces)} ciphertexts of a {name} begin with {len(set(nonces))} nonces", **about)
