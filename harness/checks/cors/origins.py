"""A web page of any origin that may read private answers acts as whoever visits it (CWE-942).

A program of the browser has an origin of its own, too, and whoever adds one chooses its name.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.expect import failed, inconclusive, passed, status_of
from harness.lab import genuine, harmless
from harness.model import Needs, Outcome, Request, Severity
from harness.registry import check
from harness.requests import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation

SUBJECT = "foreign origins"
FOREIGN = (
    "https://harness-evil.example",
    "null",
    "https://evilexample.com",
    "http://harness-evil.localhost",
    "http://localhost.harness-evil.example",
    "chrome-extension://hbadghbadghbadghbadghbadghbadgha",
)
OTHERS = ("create", "update", "delete", "action", "search", "read")


@check(severity=Severity.MEDIUM, catches=["cors.origin"], needs=Needs(), owasp="API8:2023", cwe=942)
async def origins(lab: Lab) -> AsyncIterator[Observation]:
    """No web page of a foreign origin may read the answers of a private operation."""
    user = await lab.user(lab.session.introductions.names[0])
    await genuine(lab, user)
    request = harmless(lab, user)
    if request is None:
        yield inconclusive(
            SUBJECT, "no-control", "the scenario names nothing that a user may read without creating first"
        )
        return
    control = await lab.send(user, request, purpose="control")
    if not control.ok:
        yield inconclusive(SUBJECT, "no-control", f"the request itself is answered {status_of(control)}", control)
        return
    for origin in _origins(lab):
        simple = await lab.send(
            user, replace(request, headers=(*request.headers, ("Origin", origin))), purpose="attempt"
        )
        answer = await lab.send(lab.anonymous, _preflight(lab, request, origin), purpose="attempt")
        found = judge(origin, (simple, answer), control)
        yield found
        if origin == FOREIGN[0] and found.outcome is Outcome.FAILED:
            return  # who allows any origin allows the look-alikes of one, too: it is told once
    yield judge(FOREIGN[0], await _elsewhere(lab, request), control, where="elsewhere")


async def _elsewhere(lab: Lab, request: Request) -> tuple[Exchange, ...]:
    """Ask from one origin what is often answered by other code: a refusal, and the other operations."""
    shots = {"": replace(request, headers=(*request.headers, ("Origin", FOREIGN[0])))}
    for resource in lab.scenario.resource:
        for call in (each for verb in OTHERS for each in resource.calls(verb)):
            method, _, path = call.operation.partition(" ")
            target = PLACEHOLDER.sub(secrets.token_hex(8), path)
            shots.setdefault(call.operation, _preflight(lab, Request(method=method, target=target), FOREIGN[0]))
    wanted = [each for each in shots.values() if lab.may_send(each)]
    return tuple([await lab.send(lab.anonymous, each, purpose="attempt") for each in wanted])


def _preflight(lab: Lab, request: Request, origin: str) -> Request:
    """Return what a browser asks before it lets a page of the origin send the request with a credential."""
    asked = (
        ("Origin", origin),
        ("Access-Control-Request-Method", request.method),
        ("Access-Control-Request-Headers", lab.scenario.users.credential.header or "content-type"),
    )
    return replace(request, method="OPTIONS", headers=asked, body=b"", operation=None)


def _origins(lab: Lab) -> tuple[str, ...]:
    """Return origins that nobody allows on purpose: of strangers, and look-alikes of those that are allowed."""
    allowed = lab.scenario.target.origins or [lab.session.client.policy.origin.url]
    alike = []
    for origin in allowed:
        parts = urlsplit(origin)
        host = parts.hostname or ""
        alike += [f"{origin}.harness-evil.example", f"{parts.scheme}://{host}.harness-evil.example"]
        alike.append(origin.replace(".", "x", 1))  # what a pattern whose dots stand for any character fits
        if not host.replace(".", "").isdecimal() and ":" not in host:
            alike.append(f"{parts.scheme}://evil{host}")
    given = {*allowed, *lab.scenario.target.origins}
    return tuple(dict.fromkeys(each for each in (*FOREIGN, *alike) if each not in given))


def judge(origin: str, answers: tuple[Exchange, ...], control: Exchange, *, where: str = "") -> Observation:
    """Judge what a browser would make of the answers (Fetch standard, CORS check)."""
    subject = f"{SUBJECT}: {_kind(origin)}" + (f", {where}" if where else "")
    for answer in answers:
        response = answer.response
        if response is not None and origin in response.all("Access-Control-Allow-Origin"):
            credentials = (response.header("Access-Control-Allow-Credentials") or "").strip().lower() == "true"
            how = "with credentials" if credentials else "without credentials"
            sentence = f"{_asked(answer.request)} allows the origin {origin} to read the answer, {how}"
            return failed(subject, sentence, answer, severity=None if credentials else Severity.LOW)
    statuses = ", ".join(status_of(answer) for answer in answers)
    return passed(subject, f"the origin {origin} may not read the answers ({statuses})", *answers, control)


def _asked(request: Request) -> str:
    """Name a request, and of a preflight what it asks for."""
    method = request.header("Access-Control-Request-Method")
    return f"{request.method} (for {method} {request.target})" if method not in {None, "GET"} else request.method


def _kind(origin: str) -> str:
    """Name an origin without the address of the target, which differs from run to run."""
    if origin in FOREIGN:
        return origin
    if origin.endswith("harness-evil.example"):
        return "an allowed one with an ending"
    return "an allowed one with a beginning" if "://evil" in origin else "an allowed one with a letter for a dot"
