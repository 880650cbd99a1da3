"""Routes that no document names (OWASP API9:2023, CWE-1059): an administrator's page, a dump, a file of settings.

They are there for those who run the service, and are found by everybody who tries the usual names.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from harness import requests
from harness.checks._watching import UNDOCUMENTED
from harness.checks.exposure._personal import personal
from harness.checks.exposure._secrets import credentials_in
from harness.checks.exposure._visits import own_account
from harness.expect import CLOSED, failed, passed, skipped
from harness.lab import genuine
from harness.model import Needs, Request, Severity
from harness.openapi import match
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation

ROLES = (
    *("admin", "admin/users", "internal", "debug", "logs", "logging", "_debug", "administration", "management"),
    *("console", "backup", "dump", "admin/logs", "admin/stats", "admin/config", "internal/users", "debug/users"),
)
"""Pages of another role: a plain user who is let in where nobody is has taken it."""
FILES = (
    *(".env", "config", "users", "accounts", "actuator/env", "actuator/configprops", "actuator/heapdump", "env"),
    *("debug/vars", ".git/config", "config.json", "users/export", "users/all", "settings", "phpinfo.php"),
)
"""Pages that may be for everybody: what they show decides."""
SETTINGS = re.compile(
    r"(?im)^\s*(export\s+)?[\w.]*(secret|passw(or)?d|private_?key|access_?key|api_?key)[\w.]*\s*=\s*[^\s*]{4,}|"
    r"\"[\w.-]*(secret|passw(or)?d|secret_?key|private_?key|access_?key)\"\s*:\s*\"(?=[^\"]*\d|[^\"]{12})[^\"*\s/{}<>]{6,}\"|"
    r"repositoryformatversion\s*="
)
BASE = re.compile(r"^/(?:(?:api|rest|v\d{1,2})(?:/|$))+")
FEW = 4
"""Names of each kind that are tried where a quota is scarce."""


@check(
    severity=Severity.HIGH,
    catches=["exposure.hidden"],
    needs=Needs(users=2),
    owasp="API9:2023",
    cwe=1059,
)
async def hidden_routes(lab: Lab) -> AsyncIterator[Observation]:
    """No usual name of an internal route shows a plain user what is another role's, or secret."""
    alice, bob = await lab.two_users()
    for user in (alice, bob):
        await genuine(lab, user)
    known = await _personal(lab, alice) - await _personal(lab, bob)
    targets, found = list(_targets(lab)), False
    shown: list[Exchange] = []
    for target, of_a_role in targets:
        shown.append(await lab.send(bob, Request(method="GET", target=target), purpose=UNDOCUMENTED))
        told = _content(shown[-1], known) or (await _let_in(lab, bob, shown[-1]) if of_a_role else None)
        if told is not None:
            found = True
            sentence = f"GET {target}, which no document names, {told}"
            yield failed(f"GET {target}", sentence, shown[-1], users=(bob.name,))
    if not targets:
        yield skipped(
            "usual names", "not-applicable", "no usual name of an internal route is in scope and undocumented"
        )
    elif not found:
        led = sum(answer.ok for answer in shown)
        sentence = f"of {len(targets)} usual names of internal routes {led} lead somewhere, and none shows anything"
        yield passed("usual names", sentence, shown[0])


async def _personal(lab: Lab, user: Identity) -> set[str]:
    """Return what an own account shows of a person."""
    own = await own_account(lab, user)
    return {value for _, value in personal("", requests.parsed(own.body))} if own is not None and own.ok else set()


def _content(answer: Exchange, known: set[str]) -> str | None:
    """Return what an answer shows that nobody should see; `known` are personal values of another user."""
    if not answer.ok:
        return None
    if credentials_in(answer) is not None or SETTINGS.search(answer.body.decode("utf-8", "replace")):
        return "shows a secret"
    values = {str(value) for value in requests.values(requests.parsed(answer.body))}
    return "shows what is personal of another user" if known & values else None


async def _let_in(lab: Lab, bob: Identity, answer: Exchange) -> str | None:
    """Return that Bob is let in where nobody is, unless whatever he asks for is answered."""
    if not answer.ok or not answer.body.strip():
        return None
    nobody = await lab.send(lab.anonymous, answer.request, purpose=UNDOCUMENTED)
    beside = replace(answer.request, target=f"{answer.request.target}-{secrets.token_hex(4)}")
    if nobody.status not in CLOSED or (await lab.send(bob, beside, purpose=UNDOCUMENTED)).ok:
        return None
    return f"answers {bob.name}, a plain user, {answer.status}, and nobody {nobody.status}"


def _targets(lab: Lab) -> Iterator[tuple[str, bool]]:
    """Walk the usual names below the root and below what the paths of the service begin with; True for a role's."""
    found = (BASE.match(each.path) for each in lab.operations)
    bases = dict.fromkeys(["/", *(each[0].rstrip("/") + "/" for each in found if each is not None)])
    few = FEW if lab.session.quota.scarce or lab.session.sparing else None
    for base in list(bases)[:3]:
        for name in (*ROLES[:few], *FILES[:few]):
            request = Request(method="GET", target=f"{base}{name}")
            if lab.may_send(request) and match(lab.operations, "GET", request.target) is None:
                yield request.target, name in ROLES
