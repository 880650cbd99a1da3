"""Isolation that hangs on what a token says beside who it is for (CWE-639): tiers, roles, scopes.

The stranger comes back with each set of claims that the scenario knows, and with none but the registered ones.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.expect import CLOSED, failed, inconclusive, isolation_cell, passed, skipped
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from harness.lab import Lab
    from harness.model import Identity, Observation

REGISTERED = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})

"""Says nothing of the object: whoever asks may not be let in at all."""


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.list", "isolation.search", "isolation.read"],
    needs=Needs(users=2, operations=("create",), features=("minter",)),
    owasp="API1:2023",
    cwe=639,
)
async def every_tier(lab: Lab) -> AsyncIterator[Observation]:
    """Whatever else a token says, it opens no other user's objects."""
    alice, _ = await lab.two_users()
    others = [(name, await _stranger(lab, claims)) for name, claims in _sets(lab, alice)]
    if not others:
        yield skipped("claims", "not-applicable", "tokens say nothing but who they are for")
        return
    for resource in lab.private_with("create"):
        hers = await resource.create(alice)
        for verb in resource.looks:
            control = await resource.seen(alice, hers, verb)
            about = {"operation": control.operation, "users": (alice.name, "bob")}
            if not control.found:
                sentence = f"{alice.name} does not find the own {resource.name} by {control.operation}"
                yield inconclusive(control.operation, "no-control", sentence, control.last, **about)
                continue
            for name, other in others:
                cell = isolation_cell(f"{control.operation} ({name})", alice.name, other.name)
                attempt = await resource.look(other, hers, verb, purpose="attempt")
                if attempt.found:
                    sentence = f"with {name}, {other.name} finds {alice.name}'s {resource.name} by {control.operation}"
                    yield failed(control.operation, sentence, control.last, attempt.last, cell=cell, **about)
                elif not attempt.last.ok and (verb != "read" or attempt.last.status in CLOSED):
                    sentence = f"with {name}, {control.operation} answers {attempt.last.status}"
                    yield skipped(control.operation, "not-applicable", sentence, attempt.last, **about)
                else:
                    sentence = f"with {name}, {other.name} finds nothing of {alice.name}'s by {control.operation}"
                    yield passed(control.operation, sentence, control.last, attempt.last, cell=cell, **about)


async def _stranger(lab: Lab, claims: Mapping[str, Any]) -> Identity:
    """Return a user with exactly these claims beside the registered ones."""
    bob, minter = await lab.new_user("bob"), lab.session.introductions.minter
    assert minter is not None  # noqa: S101 -- Needs(features=("minter",))
    own = {name: value for name, value in (bob.claims or {}).items() if name in REGISTERED}
    return lab.session.introductions.with_token("bob", minter.sign({**own, **claims}), claims={**own, **claims})


def _sets(lab: Lab, alice: Identity) -> Iterator[tuple[str, dict[str, Any]]]:
    """Walk the sets of further claims, but that of ordinary users."""
    scenario, ordinary = lab.scenario, _further(alice.claims or {})
    known = [each.claims for each in (scenario.limits, scenario.load, scenario.fuzz) if each is not None]
    seen = [ordinary]
    for claims in ({}, *(ordinary | _further(each) for each in known)):
        if claims not in seen:
            seen.append(claims)
            yield json.dumps(claims) if claims else "no further claims", claims


def _further(claims: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if name not in REGISTERED}
