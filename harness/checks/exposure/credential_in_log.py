"""A credential in the log (CWE-532): whoever may read what happened could do it again, as anybody.

A user who is new to the service sends them as the scenario says, and nowhere else. Only where the harness reads the
log: of a service that it started itself.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks._logs import logged
from harness.expect import failed, passed, skipped
from harness.lab import harmless
from harness.lab.resource import with_query
from harness.model import Needs, Request, Severity
from harness.registry import check
from harness.requests import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import Lab
    from harness.model import Identity, Observation

SUBJECT = "credentials in the log"
SHORTEST = 12


@check(
    severity=Severity.MEDIUM,
    catches=["exposure.log"],
    needs=Needs(features=("log", "fresh-users"), writes=False, waits=True),
    owasp="API8:2023",
    cwe=532,
    mode="grey",
)
async def credential_in_log(lab: Lab) -> AsyncIterator[Observation]:
    """The log holds no credential that a request was sent with."""
    user, word = await lab.new_user("alice"), secrets.token_hex(8)
    wanted, known = list(_credentials(lab, user)), harmless(lab, user)
    if not wanted:
        yield skipped(SUBJECT, "not-applicable", "a user carries nothing that is long enough to be looked for")
        return
    nowhere = Request(method="GET", target=f"{lab.session.client.policy.origin.prefix}/{word}")
    requests = [nowhere, *([with_query(known, "harness", word)] if known is not None else []), *_refused(lab, word)]
    sent = [await lab.session.client.send(user, replace(each, operation=None), purpose="attempt") for each in requests]
    lines = await logged(lab, word)
    if any(each in line for line in lines for each in wanted):
        yield failed(SUBJECT, "the log holds the credential of a request", *sent, users=(user.name,))
    elif not any(word in line for line in lines):
        yield skipped(SUBJECT, "not-seen", "the log says nothing of the paths of requests", *sent)
    else:
        yield passed(SUBJECT, "the log speaks of a request, and not of its credential", *sent)


def _refused(lab: Lab, word: str) -> Iterator[Request]:
    """Walk creations that no service takes: what a request was refused for is often written down with all of it."""
    for spec in lab.scenario.resource:
        if spec.create is not None and not PLACEHOLDER.search(spec.create.operation):
            method, _, path = spec.create.operation.partition(" ")
            request = Request(method=method, target=path, headers=(("Content-Type", "application/json"),))
            yield with_query(replace(request, body=f'{{"harness": "{word}"'.encode()), "harness", word)


def _credentials(lab: Lab, user: Identity) -> Iterator[str]:
    """Walk what a user proves by who it is: its headers and cookies, without the name of a scheme, and its password."""
    values = [value.rpartition(" ")[2] for _, value in (*user.headers, *user.cookies)]
    known = lab.session.introductions.credentials
    yield from (value for value in values if value in known and len(value) >= SHORTEST and value != user.subject)
    if user.password is not None:
        yield user.password.value
