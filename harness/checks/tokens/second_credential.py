"""Two credentials in one request (CWE-436): one part of a service verifies the first, another one reads the last.

A request has one Authorization header (RFC 9110, sections 5.3 and 11.6.2), so a refusal is as good as the own data.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks.tokens._forging import forged
from harness.expect import failed, inconclusive, passed, refusal, skipped, status_of
from harness.model import Needs, Severity
from harness.registry import check
from harness.tokens import forgeries_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Headers, Identity, Observation

FOREIGN = "signature-foreign"


@check(
    severity=Severity.CRITICAL,
    catches=["tokens.signature"],
    needs=Needs(users=2, operations=("create",)),
    owasp="API2:2023",
    cwe=436,
)
async def second_credential(lab: Lab) -> AsyncIterator[Observation]:
    """A forged token beside a valid one shows nothing of the user that it names."""
    alice, bob = await lab.two_users()
    made = forged(lab, alice, bob, [each for each in forgeries_of("tokens.signature") if each.name == FOREIGN])
    doubles = _doubles(lab, bob, made[0][1]) if made else {}
    if not doubles:
        yield skipped("tokens", "not-applicable", "the credential is no signed token in a header")
        return
    for resource in lab.private_with("create"):
        if resource.looks:
            pair = await resource.create(alice), await resource.create(bob)
            for verb in resource.looks:
                yield await _look(resource, verb, pair, made[0][1], doubles)


def _doubles(lab: Lab, user: Identity, forger: Identity) -> dict[str, Identity]:
    """Return the user with a second credential, in either order, as two headers and as one with a comma.

    It is no user of the run any more, whose credential would be renewed.
    """
    name = (lab.scenario.users.credential.header or "Authorization").lower()
    own = next((value for key, value in user.headers if key.lower() == name), None)
    other = next((value for key, value in forger.headers if key.lower() == name), None)
    if own is None or other is None:
        return {}
    rest: Headers = tuple((key, value) for key, value in user.headers if key.lower() != name)
    pairs = {
        "a forged token in a second header": (own, other),
        "a forged token in a header before the own": (other, own),
        "a forged token after a comma": (f"{own}, {other}",),
        "a forged token before a comma": (f"{other}, {own}",),
    }
    doubles = {words: (*((name, value) for value in values), *rest) for words, values in pairs.items()}
    return {words: replace(user, headers=headers, token=None) for words, headers in doubles.items()}


async def _look(
    resource: BoundResource, verb: str, pair: tuple[Owned, Owned], forger: Identity, doubles: dict[str, Identity]
) -> Observation:
    """Bob looks for Alice's object, with a token that is valid and one that names her, which alone is refused."""
    theirs, own = pair
    alice, bob, operation = theirs.owner, own.owner, resource.operation(verb)
    about = {"operation": operation, "users": (alice.name, bob.name)}
    control, mine = await resource.seen(alice, theirs, verb), await resource.seen(bob, own, verb)
    plain = await resource.look(bob, theirs, verb, purpose="control")
    alone = await resource.look(replace(forger, token=None), theirs, verb, purpose="control")
    if control.found and alone.found:
        sentence = f"{operation} shows {alice.name}'s {resource.name} for the forged token alone"
        return failed(operation, sentence, theirs.created, control.last, alone.last, **about)
    if not control.found or not mine.found or plain.found or refusal(alone.last) is None:
        sentence = f"{operation} does not show the own {resource.name} to each user, and to nobody else"
        return inconclusive(operation, "no-control", sentence, control.last, mine.last, plain.last, alone.last, **about)
    unclear = None
    for words, double in doubles.items():
        attempt = await resource.look(double, theirs, verb, purpose="attempt")
        if attempt.found:
            sentence = f"with {words}, {bob.name} finds {alice.name}'s {resource.name} by {operation}"
            return failed(operation, sentence, theirs.created, control.last, attempt.last, **about)
        if attempt.last.broken:
            unclear = unclear or attempt
    if unclear is not None:
        sentence = f"{operation} answers {status_of(unclear.last)} to two credentials in one request"
        return inconclusive(operation, "unclear", sentence, unclear.last, **about)
    sentence = f"{operation} shows {bob.name} nothing of {alice.name}'s, whatever second token is sent"
    return passed(operation, sentence, control.last, mine.last, **about)
