"""Documented reads that need nothing but a credential, and are private: nobody else is let in."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from harness import requests
from harness.expect import CLOSED
from harness.lab.inconclusive import Inconclusive
from harness.openapi.inference.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.lab.lab import Lab
    from harness.lab.session import Session
    from harness.model import Identity

MOST = 12
DOING = frozenset(
    {"refresh", "logout", "login", "callback", "authorize", "signout", "revoke", "oauth", "sso", "events"}
)
"""Words of reads that do something, or never end."""


async def private_reads(lab: Lab, user: Identity) -> tuple[str, ...]:
    """Return the plain reads of the document that let this user in and refuse who brings no credential (401, 403).

    They are looked for once in a session.
    """
    session = lab.session
    if session.private_reads is None:
        found = []
        for operation in islice(_candidates(session), MOST):
            request = requests.plain(operation)
            try:
                refused = (await lab.send(lab.anonymous, request, purpose="control")).status in CLOSED
                if refused and (await lab.send(user, request, purpose="control")).ok:
                    found.append(operation)
            except Inconclusive:  # limited, or never answered: no control either
                continue
        session.private_reads = tuple(found)
    return session.private_reads


def _candidates(session: Session) -> Iterator[str]:
    """Walk the GETs that ask for a credential, but those about the service, for another role, or of things."""
    scenario = session.scenario
    users, target = scenario.users, scenario.target
    calls = [call for call in (users.login, users.signup, users.logout, users.whoami) if call is not None]
    set_apart: set[str | None] = {*target.public, *target.destructive, *target.exclude, *users.privileged}
    set_apart |= {operation for spec in scenario.resource for operation in spec.operations}
    set_apart |= {call.operation for call in calls} | {target.ready, target.version, target.metrics}
    for operation in session.operations:
        needs = any(one.required for one in operation.parameters if one.location in {"path", "query"})
        fits = operation.method == "GET" and operation.secured is True and "{" not in operation.path
        if fits and not needs and operation.id not in set_apart and DOING.isdisjoint(words(operation.path)):
            yield operation.id
