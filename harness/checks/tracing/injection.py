"""A reflected request id that is not checked writes header lines of its own (CWE-113, HTTP response splitting)."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks._watching import MALFORMED
from harness.expect import failed, inconclusive, passed, status_of
from harness.lab import harmless
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation

SUBJECT = "injected request ids"
INJECTED = "X-Harness-Injected"
LONGEST = 256
VISIBLE = re.compile(r"[\x20-\x7e]*")
ATTACKS = (
    ("a bare CR", f"harness\r{INJECTED}: 1"),
    ("a bare LF", f"harness\n{INJECTED}: 1"),
    ("a folded line", f"harness\r\n {INJECTED}: 1"),
    ("an encoded CR LF", f"harness%0d%0a{INJECTED}:%201"),
    ("CR LF in wide characters", f"harness\u560d\u560a{INJECTED}: 1"),
    ("a NUL", "harness\x00id"),
    ("a control character", "harness\x1b[31m"),
    ("UTF-8", "harness-\u00e9\u2603"),
    ("a byte that is no UTF-8", "harness-\udce9"),
    ("4 KiB", "a" * 4096),
    ("64 KiB", "a" * 65536),
)


@check(
    severity=Severity.HIGH,
    catches=["tracing.injection"],
    needs=Needs(features=("tracing",), writes=False),
    owasp="API8:2023",
    cwe=113,
)
async def injection(lab: Lab) -> AsyncIterator[Observation]:
    """A request id from outside is refused, replaced or cleaned before it is reflected."""
    spec = lab.scenario.tracing
    assert spec is not None  # noqa: S101 -- Needs(features=("tracing",))
    user = await lab.user(lab.session.introductions.names[0])
    request, send = harmless(lab, user), lab.session.client.send
    if request is None:
        yield inconclusive(
            SUBJECT, "no-control", "the scenario names nothing that a user may read without creating first"
        )
        return
    tagged = replace(request, headers=(*request.headers, (spec.header, str(uuid.uuid4()))))
    control = await send(lab.anonymous, tagged, purpose="control", raw=True)
    if control.response is None or not control.response.all(spec.header):
        yield inconclusive(
            SUBJECT, "no-control", f"an ordinary request gets no {spec.header} ({status_of(control)})", control
        )
        return
    for what, value in ATTACKS:
        attack = replace(request, headers=(*request.headers, (spec.header, value)))
        attempt = await send(lab.anonymous, attack, purpose=MALFORMED, raw=True, timeout=10.0)
        yield judge(what, spec.header, attempt, control)
    after = await send(lab.anonymous, tagged, purpose="control", raw=True)
    if after.status != control.status:
        yield failed(
            SUBJECT,
            f"afterwards an ordinary request is answered {status_of(after)}, before {control.status}",
            control,
            after,
        )


def judge(what: str, header: str, attempt: Exchange, control: Exchange) -> Observation:
    """Judge what came back: no line of ours, no id that is long or unprintable, no failure of the server."""
    subject = f"{SUBJECT}: {what}"
    if attempt.response is None:
        if (attempt.error or "").startswith("protocol"):
            return failed(
                subject, f"an id with {what} makes the answer something that is no HTTP ({attempt.error})", attempt
            )
        return passed(subject, f"an id with {what} is not answered ({attempt.error})", attempt, control)
    response, ids = attempt.response, attempt.response.all(header)
    bad = next((each for each in ids if len(each) > LONGEST or not VISIBLE.fullmatch(each)), None)
    if response.header(INJECTED) is not None or len(ids) > 1:
        return failed(subject, f"an id with {what} adds a header line to the answer", attempt)
    if response.is_failure:
        return failed(subject, f"an id with {what} is answered {response.status}", attempt, severity=Severity.MEDIUM)
    if bad is not None:
        return failed(subject, f"an id with {what} is reflected as it is ({len(bad)} characters)", attempt)
    return passed(subject, f"an id with {what} is not reflected ({response.status})", attempt, control)
