"""Detours past a guard (CWE-288): other spellings of a path, parameters for developers, headers of a proxy.

A guard may also look at another path than the one that is served: that of an older version which was never switched
off, or a public one where a header names the private one (X-Original-URL, as some proxies rewrite) or which is left
again by a dot segment. Or it may let pass what says to have passed it before (CVE-2025-29927), or what a page asks for.

What is answered has the shape of the owner's answer, or it is no way in: services that show a page of their own for
every unknown path let nobody past anything.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.checks._paths import spellings
from harness.expect import failed, inconclusive, passed, skipped, status_of, token_cell
from harness.lab import chosen
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

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
    ("X-Requested-With", "XMLHttpRequest"),
    ("X-Middleware-Subrequest", ":".join(["middleware"] * 5)),
    ("Access-Control-Request-Method", "GET"),
    ("Referer", "http://localhost/"),
    (
        "User-Agent",
        "kube-probe/1.30 (GoogleHC/1.0; ELB-HealthChecker/2.0; Prometheus/2.53; Googlebot/2.1; UptimeRobot/2.0)",
    ),
)
INTERNAL = tuple((name, "10.0.0.1") for name in ("X-Forwarded-For", "X-Real-IP", "X-Client-IP", "True-Client-IP"))
REWRITTEN = ("X-Original-URL", "X-Rewrite-URL")
VERSION = re.compile(r"/v(\d{1,2})(?=/)")


@check(
    severity=Severity.CRITICAL,
    catches=["authentication.missing"],
    needs=Needs(users=1, features=("guarded",)),
    owasp="API2:2023",
    cwe=288,
)
async def detours(lab: Lab) -> AsyncIterator[Observation]:
    """No other spelling of a path, parameter or header lets anybody in without a credential."""
    user = await lab.user(lab.session.introductions.names[0])
    covers = await _covers(lab)
    for specimen in await chosen(lab, user):
        if specimen.creates is None and not specimen.once:
            yield await _try(lab, specimen, covers)


async def _covers(lab: Lab) -> list[Exchange]:
    """Return what is answered to anybody at the root, and at a public path: what a guard lets through."""
    target = lab.scenario.target
    public = (operation for operation in (*target.public, target.ready, target.version) if operation)
    plain = (requests.plain(operation) for operation in public if "{" not in operation)
    found = next((request for request in plain if request.method == "GET"), None)
    root = replace(requests.plain(f"GET {lab.session.client.policy.origin.prefix}/"), operation=None)
    tried = [each for each in (found, root) if each is not None and lab.may_send(each)]
    return [await lab.send(lab.anonymous, each, purpose="control") for each in tried]


async def _try(lab: Lab, specimen: Specimen, covers: Sequence[Exchange]) -> Observation:
    """Send the owner's request as nobody, in every disguise, beside the owner's own."""
    operation, request = specimen.operation, specimen.request
    about = {"operation": operation, "cell": token_cell(operation, "detours"), "users": (specimen.owner.name, "nobody")}
    nobody = replace(lab.anonymous, name="nobody")
    plain = await lab.send(nobody, request, purpose="control", forged="no credential")
    tried: list[tuple[str, Exchange, Exchange]] = []
    for name, other in _detours(lab, request):
        tried.append((name, await lab.send(nobody, other, purpose="attempt", forged=name), plain))
    for cover in covers if request.method == "GET" else ():
        for name, other in _behind(cover.request, request):
            tried.append((name, await lab.send(nobody, other, purpose="attempt", forged=name), cover))
    control = await specimen.accepted()
    if plain.ok:
        sentence = f"{operation} answers anybody, so there is nothing to get past"
        return skipped(operation, "not-applicable", sentence, plain, **about)
    if not control.ok:
        sentence = f"{operation} answers its owner {status_of(control)}"
        return inconclusive(operation, "no-control", sentence, control, plain, **about)
    for name, attempt, without in tried:
        usual = without.ok and _shape(attempt) == _shape(without)
        if attempt.ok and _shape(attempt) == _shape(control) and not usual:
            sentence = f"with {name}, {operation} answers {attempt.status} without a credential ({plain.status} else)"
            return failed(operation, sentence, plain, attempt, control, **about)
    sentence = f"{operation} lets nobody in without a credential ({len(tried)} detours tried)"
    return passed(operation, sentence, plain, tried[-1][1], control, **about)


def _detours(lab: Lab, request: Request) -> Iterator[tuple[str, Request]]:
    """Walk the disguises of a request; one that changes nothing is sent under all spellings and near versions."""
    separator = "&" if "?" in request.target else "?"
    yield f"?{PARAMETERS}", replace(request, target=f"{request.target}{separator}{PARAMETERS}")
    yield "headers of a proxy or probe", replace(request, headers=(*request.headers, *HEADERS))
    yield "an internal address", replace(request, headers=(*request.headers, *INTERNAL))
    yield "Host: localhost", replace(request, headers=(*request.headers, ("Host", "localhost")))
    if request.method == "GET":
        yield from spellings(lab, request)
        yield from _versions(lab, request)


def _behind(cover: Request, request: Request) -> Iterator[tuple[str, Request]]:
    """Walk the disguises of a request as one for a public path: by headers of a proxy, and by a way out of it."""
    rewritten = tuple((header, request.target) for header in REWRITTEN)
    yield f"{REWRITTEN[0]} at {cover.target}", replace(cover, headers=rewritten)
    path = cover.target.partition("?")[0].rstrip("/")
    if path:
        yield f"{path}/.. before its path", replace(request, target=f"{path}/..{request.target}", operation=None)


def _versions(lab: Lab, request: Request) -> Iterator[tuple[str, Request]]:
    """Walk the request under the versions beside its own, and under none; those that are documented are their own."""
    found = VERSION.search(request.target)
    number = int(found[1]) if found else 0
    others = {f"version {other}": f"/v{other}" for other in (number - 1, number + 1) if other >= 0} | {"no version": ""}
    for name, part in others.items() if found else ():
        target, operation = (VERSION.sub(part, path, count=1) for path in (request.target, request.operation or ""))
        other = replace(request, target=target, operation=None)
        if lab.operation(operation) is None and lab.may_send(other):
            yield name, other


def _shape(exchange: Exchange) -> Any:
    """Return the names in a JSON body, or how a body that is none begins."""
    document = requests.parsed(exchange.body)
    if document is requests.MISSING:
        return exchange.body[:8].strip().lower()
    return sorted(document) if isinstance(document, dict) else type(document)
