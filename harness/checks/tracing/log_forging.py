"""Log lines that a caller can forge (CWE-117): line breaks in a request must not become line breaks in the log.

Only where the harness reads the log: of a service that it started itself.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from harness.checks._logs import logged
from harness.expect import failed, passed, skipped
from harness.lab import harmless
from harness.model import Needs, Request, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Identity, Observation

SUBJECT = "log lines"
BREAKS = ("\n", "\r\n", "\u2028")


@check(
    severity=Severity.MEDIUM,
    catches=["tracing.log-forging"],
    needs=Needs(features=("log",), writes=False, waits=True),
    owasp="API8:2023",
    cwe=117,
    mode="grey",
)
async def log_forging(lab: Lab) -> AsyncIterator[Observation]:
    """What a caller sends stays within the one line that the log holds of it."""
    user = await lab.user(lab.session.introductions.names[0])
    for place in ("path", "query"):
        for breaks in BREAKS:
            word, forged = secrets.token_hex(8), json.dumps({"forged": secrets.token_hex(8)})
            sender, request = _request(lab, user, place, f"{word}{quote(breaks + forged, safe='')}")
            exchange = await lab.session.client.send(sender, request, purpose="attempt")
            lines = await logged(lab, word)
            name = f"{SUBJECT}: {place}: {breaks!r}"
            if any(line.lstrip().startswith(forged) for line in lines):
                yield failed(name, f"a {place} with {breaks!r} writes a line of its own into the log", exchange)
            elif not any(word in line for line in lines):
                yield skipped(name, "not-seen", f"the log says nothing of the {place} of a request", exchange)
                break
            else:
                yield passed(name, f"a {place} with {breaks!r} stays within one line of the log", exchange)


def _request(lab: Lab, user: Identity, place: str, text: str) -> tuple[Identity, Request]:
    """Return who asks and for what: nobody for a path that leads nowhere, a user with an odd parameter."""
    known = harmless(lab, user) if place == "query" else None
    if known is None:
        return lab.anonymous, Request(method="GET", target=f"{lab.session.client.policy.origin.prefix}/{text}")
    separator = "&" if "?" in known.target else "?"
    return user, replace(known, target=f"{known.target}{separator}harness={text}")
