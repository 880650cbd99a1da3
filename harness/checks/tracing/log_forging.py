"""Log lines that a caller can forge (CWE-117): line breaks in a request must not become line breaks in the log.

Only where the harness reads the log: of a service that it started itself.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from harness.checks._logs import logged
from harness.checks.validation._input import text_fields, with_file_name
from harness.expect import failed, passed, skipped
from harness.lab import harmless
from harness.lab.resource import with_query
from harness.model import Exchange, Needs, Request, Severity
from harness.registry import check
from harness.scenario.schema.calls import Upload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation

Send = Callable[[str], Awaitable[Exchange]]
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
    for place, send in _places(lab, user):
        for breaks in BREAKS:
            word, forged = secrets.token_hex(8), json.dumps({"forged": secrets.token_hex(8)})
            exchange = await send(f"{word}{breaks}{forged}")
            lines = await logged(lab, word)
            name = f"{SUBJECT}: {place}: {breaks!r}"
            if any(line.lstrip().startswith(forged) for line in lines):
                yield failed(name, f"a {place} with {breaks!r} writes a line of its own into the log", exchange)
            elif not any(word in line for line in lines):
                yield skipped(name, "not-seen", f"the log says nothing of the {place} of a request", exchange)
                break
            else:
                yield passed(name, f"a {place} with {breaks!r} stays within one line of the log", exchange)


def _places(lab: Lab, user: Identity) -> Iterator[tuple[str, Send]]:
    """Walk the places of a request that hold any text, with what sends one that does."""
    client, prefix = lab.session.client, lab.session.client.policy.origin.prefix

    async def in_path(text: str) -> Exchange:
        nowhere = Request(method="GET", target=f"{prefix}/{quote(text, safe='')}")
        return await client.send(lab.anonymous, nowhere, purpose="attempt")

    async def in_query(text: str) -> Exchange:
        known = harmless(lab, user) or Request(method="GET", target=f"{prefix}/")
        return await client.send(user, with_query(known, "harness", text), purpose="attempt")

    yield "path", in_path
    yield "query", in_query
    for resource in lab.resources_with("create") if not client.policy.read_only else ():
        call = resource.spec.create
        for field in text_fields(call)[:1]:
            yield f"{field} of a {resource.name}", partial(_in_field, resource, user, field)
        if call is not None and any(isinstance(each, Upload) for each in (call.multipart or {}).values()):
            yield f"file name of a {resource.name}", partial(_in_file_name, resource, user)


async def _in_field(resource: BoundResource, user: Identity, field: str, text: str) -> Exchange:
    request, _ = await resource.creation(user, resource.mark(user), extra={field: text})
    return await _kept(resource, user, request)


async def _in_file_name(resource: BoundResource, user: Identity, text: str) -> Exchange:
    """Write line breaks as browsers do (HTML, multipart/form-data encoding): %0A and %0D."""
    request, _ = await resource.creation(user, resource.mark(user))
    return await _kept(resource, user, with_file_name(request, f"{quote(text, safe='')}.txt") or request)


async def _kept(resource: BoundResource, user: Identity, request: Request) -> Exchange:
    exchange = await resource.lab.session.client.send(user, request, purpose="attempt")
    await resource.keep(user, exchange)
    return exchange
