"""Credentials that are taken from where they leak (CWE-598; RFC 6750, section 5.3): the query string, a cookie.

Only where the document says where credentials go, and not in the places that it names.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.lab import chosen, harmless
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from harness.lab import Lab
    from harness.model import Identity, Observation, Request

NAMES = ("access_token", "token", "auth_token", "api_key", "apikey", "key", "jwt", "auth", "session", "id_token")
BEARER = "Bearer "
HEADERS = (
    ("Authorization", BEARER),
    ("X-Auth-Token", ""),
    ("X-Access-Token", ""),
    ("X-API-Key", ""),
    ("X-Session-Token", ""),
    ("X-JWT", ""),
)


@check(
    severity=Severity.MEDIUM,
    catches=["tokens.placement"],
    needs=Needs(users=1, features=("document",), writes=False),
    owasp="API2:2023",
    cwe=598,
)
async def placement(lab: Lab) -> AsyncIterator[Observation]:
    """A credential counts only where the document says that it goes."""
    user = await lab.user(lab.session.introductions.names[0])
    document, asked = lab.session.document, await _requests(lab, user)
    if document is None or not document.security_schemes or not asked:
        yield skipped("placement", "not-applicable", "the document does not say where a credential goes")
        return
    declared = _declared(document.security_schemes)
    for request in asked:
        async for observation in _tried(lab, user, request, declared):
            yield observation


async def _requests(lab: Lab, user: Identity) -> list[Request]:
    """Return what may be read without changing anything: one request, and each other one where things may be made."""
    first = harmless(lab, user)
    found = {first.operation: first} if first is not None else {}
    if not lab.session.client.policy.read_only and lab.resources_with("create"):
        for specimen in await chosen(lab, user):
            if specimen.request.method == "GET":
                found.setdefault(specimen.operation, specimen.request)
    return list(found.values())


async def _tried(
    lab: Lab, user: Identity, request: Request, declared: set[tuple[str, str]]
) -> AsyncIterator[Observation]:
    nobody = replace(lab.anonymous, name="nobody")
    control = await lab.send(user, request, purpose="control")
    plain = await lab.send(nobody, request, purpose="control", forged="no credential")
    value = _credential(lab, user)
    if plain.ok:
        sentence = f"{request.operation} takes no credential at all"
        yield skipped(f"placement: {request.operation}", "not-applicable", sentence, plain)
        return
    if not control.ok or value is None:
        sentence = f"{request.operation} answers its owner {status_of(control)}"
        yield inconclusive(f"placement: {request.operation}", "no-control", sentence, control)
        return
    for place, identity, asked in _placed(nobody, request, value, declared):
        attempt = await lab.send(identity, asked, purpose="attempt", forged=f"credential in {place}")
        subject = f"credential in {place}: {request.operation}"
        about = {"operation": request.operation, "users": (user.name,)}
        if attempt.ok:
            sentence = (
                f"{request.operation} takes the credential out of {place} ({attempt.status}), which no document says"
            )
            severity = Severity.MEDIUM if place == "the query" else Severity.LOW
            yield failed(subject, sentence, plain, attempt, severity=severity, **about)
        else:
            yield passed(subject, f"a credential in {place} is none ({status_of(attempt)})", control, attempt, **about)


def _credential(lab: Lab, user: Identity) -> str | None:
    """Return the credential as the service gave it: the token, or what the header or cookie of the scenario carries."""
    if user.token is not None:
        return user.token.value
    carried = [text for _, text in (*user.headers, *user.cookies)]
    value = carried[0].removeprefix(BEARER) if len(carried) == 1 else None
    if value is not None:
        lab.session.introductions.vault.remember(value)
    return value


def _declared(schemes: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return where the document says that credentials go, and under which names."""
    found = {(str(each.get("in", "")), str(each.get("name", "")).lower()) for each in schemes.values()}
    kinds = {str(each.get("type", "")).lower() for each in schemes.values()}
    return found | ({("header", "authorization")} if kinds - {"apikey"} else set())


def _placed(
    nobody: Identity, request: Request, value: str, declared: set[tuple[str, str]]
) -> Iterator[tuple[str, Identity, Request]]:
    """Walk the places, each with the credential under all names that the document does not give it."""
    separator = "&" if "?" in request.target else "?"
    query = urlencode({name: value for name in NAMES if ("query", name) not in declared})
    yield "the query", nobody, replace(request, target=f"{request.target}{separator}{query}")
    cookies = tuple((name, value) for name in NAMES if ("cookie", name) not in declared)
    yield "a cookie", replace(nobody, cookies=cookies), request
    headers = tuple((name, text + value) for name, text in HEADERS if ("header", name.lower()) not in declared)
    yield "another header", replace(nobody, headers=headers), request
