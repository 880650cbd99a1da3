"""Detours past a guard (CWE-288): other spellings of a path, parameters for developers, headers of a proxy.

What is answered has the shape of the owner's answer, or it is no way in: services that show a page of their own for
every unknown path let nobody past anything.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.checks._paths import spellings
from harness.expect import failed, inconclusive, passed, skipped, status_of, token_cell
from harness.lab import chosen
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import Lab, Specimen
    from harness.model import Exchange, Observation, Request

PARAMETERS = "debug=true&test=1&admin=true&internal=true&preview=1&bypass=1&noauth=1"
HEADERS = (
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Real-IP", "127.0.0.1"),
    ("X-Client-IP", "127.0.0.1"),
    ("X-Internal", "true"),
    ("X-Internal-Request", "true"),
    ("X-Debug", "true"),
    ("X-Admin", "true"),
    ("X-Authenticated", "true"),
    ("Referer", "http://localhost/"),
    (
        "User-Agent",
        "kube-probe/1.30 (GoogleHC/1.0; ELB-HealthChecker/2.0; Prometheus/2.53; Googlebot/2.1; UptimeRobot/2.0)",
    ),
)


@check(
    severity=Severity.CRITICAL,
    catches=["authentication.missing"],
    needs=Needs(users=1, operations=("create",)),
    owasp="API2:2023",
    cwe=288,
)
async def detours(lab: Lab) -> AsyncIterator[Observation]:
    """No other spelling of a path, parameter or header lets anybody in without a credential."""
    user = await lab.user(lab.session.introductions.names[0])
    for specimen in await chosen(lab, user):
        if specimen.creates is None and not specimen.once:
            yield await _try(lab, specimen)


async def _try(lab: Lab, specimen: Specimen) -> Observation:
    """Send the owner's request as nobody, in every disguise, beside the owner's own."""
    operation, request = specimen.operation, specimen.request
    about = {"operation": operation, "cell": token_cell(operation, "detours"), "users": (specimen.owner.name, "nobody")}
    nobody = replace(lab.anonymous, name="nobody")
    plain = await lab.send(nobody, request, purpose="control", forged="no credential")
    tried: list[tuple[str, Exchange]] = []
    for name, other in _detours(lab, request):
        tried.append((name, await lab.send(nobody, other, purpose="attempt", forged=name)))
    control = await specimen.accepted()
    if plain.ok:
        sentence = f"{operation} answers anybody, so there is nothing to get past"
        return skipped(operation, "not-applicable", sentence, plain, **about)
    if not control.ok:
        sentence = f"{operation} answers its owner {status_of(control)}"
        return inconclusive(operation, "no-control", sentence, control, plain, **about)
    for name, attempt in tried:
        if attempt.ok and _shape(attempt) == _shape(control):
            sentence = f"with {name}, {operation} answers {attempt.status} without a credential ({plain.status} else)"
            return failed(operation, sentence, plain, attempt, control, **about)
    sentence = f"{operation} lets nobody in without a credential ({len(tried)} detours tried)"
    return passed(operation, sentence, plain, tried[-1][1], control, **about)


def _detours(lab: Lab, request: Request) -> Iterator[tuple[str, Request]]:
    """Walk the disguises of a request; one that changes nothing is sent under all spellings."""
    separator = "&" if "?" in request.target else "?"
    yield f"?{PARAMETERS}", replace(request, target=f"{request.target}{separator}{PARAMETERS}")
    yield "headers of a proxy or probe", replace(request, headers=(*request.headers, *HEADERS))
    if request.method == "GET":
        yield from spellings(lab, request)


def _shape(exchange: Exchange) -> Any:
    """Return the names in a JSON body, or how a body that is none begins."""
    document = requests.parsed(exchange.body)
    if document is requests.MISSING:
        return exchange.body[:8].strip().lower()
    return sorted(document) if isinstance(document, dict) else type(document)
