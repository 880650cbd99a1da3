"""Private answers that a shared cache may keep (RFC 9111, section 3; CWE-524), and would then give to anybody else.

The harness is the cache: it keeps what the headers allow, and answers the next user from it where they allow that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed
from harness.model import Needs, Response, Severity
from harness.registry import check
from harness.scenario.schema.resources import TEXT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation

FRESH = re.compile(r"(s-maxage|max-age)\s*=\s*\"?(\d+)")


@check(
    severity=Severity.HIGH,
    catches=["isolation.cache"],
    needs=Needs(users=2, operations=("create", TEXT)),
    owasp="API1:2023",
    cwe=524,
)
async def shared_cache(lab: Lab) -> AsyncIterator[Observation]:
    """A shared cache in front of the service never gives one user's answer to another."""
    for resource in lab.private_with("create", TEXT):
        alice, bob = await lab.two_users()
        for verb in resource.looks:
            if resource.operation(verb).startswith("GET "):
                yield await _through_cache(resource, verb, alice, bob)


async def _through_cache(resource: BoundResource, verb: str, alice: Identity, bob: Identity) -> Observation:
    operation = resource.operation(verb)
    about = {"operation": operation, "users": (alice.name, bob.name)}
    hers = await resource.create(alice)
    view = await resource.seen(alice, hers, verb)
    answer = view.last
    if not view.found or answer.response is None or not hers.marker.in_bytes(answer.body):
        sentence = f"{alice.name} does not find the own {resource.name} by {operation}"
        return inconclusive(operation, "no-control", sentence, answer, **about)
    carriers = {name.lower() for name, _ in alice.headers} | ({"cookie"} if alice.cookies else set())
    if storable(answer.response, carriers) and not varies(answer.response, carriers):
        said = answer.response.header("Cache-Control")
        sentence = (
            f"a shared cache gives {bob.name} what {alice.name} received by {operation}: "
            f"Cache-Control is {said!r} and Vary names no credential"
        )
        return failed(operation, sentence, hers.created, answer, **about)
    sentence = f"no shared cache may give {bob.name} what {alice.name} received by {operation}"
    return passed(operation, sentence, answer, **about)


def storable(response: Response, carriers: set[str]) -> bool:
    """Whether a shared cache may keep the response and use it while it is fresh, by what it explicitly says."""
    said = ", ".join(response.all("Cache-Control")).lower()
    if any(word in said for word in ("no-store", "no-cache", "private")):
        return False
    ages = {name: int(seconds) for name, seconds in FRESH.findall(said)}
    if ages.get("s-maxage", ages.get("max-age", 0)) <= 0:
        return False
    allowed = "public" in said or "s-maxage" in ages or "must-revalidate" in said
    return allowed or "authorization" not in carriers


def varies(response: Response, carriers: set[str]) -> bool:
    """Whether the stored response is chosen by the credential that was sent."""
    named = {name.strip().lower() for value in response.all("Vary") for name in value.split(",")}
    return "*" in named or carriers <= named
