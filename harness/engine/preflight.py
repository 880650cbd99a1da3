"""Before any check: the target answers, its document is read, and the users are who they should be."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.errors import ConfigurationError
from harness.expect import excerpt, failed, inconclusive, passed, status_of
from harness.identities import RANDOM_CREDENTIAL, subject_of
from harness.lab import Inconclusive, Lab, genuine, harmless
from harness.lab.plain import private_reads
from harness.model import ANONYMOUS, Check, Exchange, Identity, Needs, Observation, Request, Severity
from harness.openapi import Document, parse_document
from harness.openapi.text import MAX_JSON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from harness.client import Client
    from harness.scenario import Scenario
    from harness.scenario.schema import Call

READY_WITHIN = 20.0
DOCUMENT_LIMIT = 24 << 20
GARBAGE = "harness-garbage-token"
SUBJECT = "the document"
PLACE = (
    "is this the right service? name the place of its document in the scenario, or with --document;"
    ' document = "" says that it has none'
)


async def wait_until_ready(
    client: Client, scenario: Scenario, *, within: float = READY_WITHIN
) -> tuple[Observation, list[dict[str, Any]]]:
    """Ask until the target says it is ready; return what was found, and readiness over time."""
    request = requests.plain(scenario.target.ready or f"GET {client.policy.origin.prefix}/")
    history: list[dict[str, Any]] = []
    deadline = asyncio.get_running_loop().time() + within
    while True:
        exchange = await client.send(ANONYMOUS, request, purpose="ready", timeout=5.0)
        history.append({"at": round(exchange.done, 3), "status": exchange.status, "error": exchange.error})
        if exchange.ok or (scenario.target.ready is None and exchange.status is not None):
            return passed("the target", f"answers ({exchange.status}) at {request.target}", exchange), history
        if asyncio.get_running_loop().time() >= deadline or (exchange.error or "").startswith("refused"):
            return _not_ready(client, request, exchange), history
        await asyncio.sleep(0.25)


def _not_ready(client: Client, request: Request, exchange: Exchange) -> Observation:
    url = client.policy.origin.url + request.target
    if exchange.response is None:
        sentence = f"nothing usable answers at {url} ({exchange.error}); start the service or correct the URL"
        return inconclusive("the target", "target-down", sentence, exchange)
    sentence = f"{url} answers {exchange.status}, expected 2xx; make the service ready first: {excerpt(exchange)}"
    return inconclusive("the target", "not-ready", sentence, exchange)


async def read_document(client: Client, scenario: Scenario, folder: Path) -> tuple[Document | None, Observation]:
    """Fetch (or read) and parse the OpenAPI document; what the target sends instead is an observation, not a crash.

    Raises ConfigurationError for a file that cannot be read or is no document.
    """
    where = scenario.target.document
    # A base URL with a path knows better than the document where it is served.
    prefix = client.policy.origin.prefix or None
    if where is None:
        return None, passed(SUBJECT, "the scenario names none; its operations come from the scenario alone")
    if not where.startswith("/") or (folder / where).is_file():
        host = client.policy.origin.authority
        document = parse_document(_file(folder / where), where=where, prefix=prefix, host=host)
        return document, passed(SUBJECT, f"read from {where}" + (f", {document.recorded}" if document.recorded else ""))
    request = Request(method="GET", target=(prefix or "") + where)
    exchange = await client.send(ANONYMOUS, request, purpose="document", limit=DOCUMENT_LIMIT)
    if not exchange.ok:
        sentence = f"{where} answered {status_of(exchange)}, expected an OpenAPI document; {PLACE}"
        return None, inconclusive(SUBJECT, "no-document", sentence, exchange)
    if exchange.response is not None and exchange.response.truncated:
        sentence = f"{where} is larger than {DOCUMENT_LIMIT:,} bytes; save a part of it to a file and name that"
        return None, inconclusive(SUBJECT, "no-document", sentence, exchange)
    try:
        document = parse_document(exchange.body.decode("utf-8", "replace"), where=where, prefix=prefix)
    except ConfigurationError as wrong:
        return None, inconclusive(SUBJECT, "no-document", f"{wrong}; {PLACE}", exchange)
    sentence = f"{document.title} {document.version}, {len(document.operations)} operations"
    return document, passed(SUBJECT, sentence, exchange)


def _file(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_JSON * 4:  # no text of so many bytes has few enough characters
            raise ConfigurationError(f"{path}: expected at most {MAX_JSON:,} characters, found far more")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise ConfigurationError(
            f"target.document: cannot read {path} ({why}); expected an OpenAPI document"
        ) from error


async def _introduce(lab: Lab) -> AsyncIterator[Observation]:
    """The users are accepted, distinct, and nobody else is let in."""
    count = min(2, len(lab.session.introductions.names))
    if count == 0:
        sentence = "no users are given; describe them under [users] of the scenario, or pass --user NAME=env:VAR twice"
        yield inconclusive("the users", "no-users", sentence)
        return
    users = [await lab.user(name) for name in lab.session.introductions.names[:count]]
    for user in users:
        yield await _accepted(lab, user)
    if count == 1:
        sentence = f"only {users[0].name} is given; isolation needs two users: pass a second --user NAME=env:VAR"
        yield inconclusive("the users", "one-user", sentence)
    else:
        yield await _distinct(lab, users[0], users[1])
    yield await _strangers_refused(lab)


async def _accepted(lab: Lab, user: Identity) -> Observation:
    request = harmless(lab, user)
    if request is None and await private_reads(lab, user):
        request = harmless(lab, user)
    if request is None and lab.resources_with("create", "read"):
        await genuine(lab, user)
        lab.session.markers.publish_all()  # of what is made here nobody knows yet who may see it by design
        request = harmless(lab, user)
    if request is None:
        return inconclusive(
            user.name, "no-harmless-operation", "the scenario names nothing that a user may read without creating first"
        )
    exchange = await lab.send(user, request, purpose="control")
    _learn_quota(lab, user, exchange)
    if exchange.ok and _is_something(exchange):
        return passed(user.name, f"{user.name} is accepted ({exchange.status})", exchange)
    if exchange.ok:
        sentence = (
            f"{request.operation} answered {user.name} with {exchange.status} and nothing of what the scenario says"
            " is in it; is this the right service?"
        )
        return inconclusive(user.name, "hollow", sentence, exchange)
    fix = "; check that the token is valid and not expired" if exchange.status in {401, 403} else ""
    return inconclusive(
        user.name,
        "user-refused",
        f"{user.name} is refused: {request.operation} answered {exchange.status}{fix}",
        exchange,
    )


def _learn_quota(lab: Lab, user: Identity, exchange: Exchange) -> None:
    """Users that cannot be replaced keep half of what they have left."""
    if not lab.session.introductions.fresh:
        limits = lab.scenario.limits
        remaining = lab.session.quota.learn(user.name, exchange, header=limits.headers.remaining if limits else None)
        lab.session.facts.setdefault("quota", {})[user.name] = remaining


def _is_something(exchange: Exchange) -> bool:
    return requests.parsed(exchange.body) not in ({}, None, requests.MISSING) if exchange.body else False


async def _distinct(lab: Lab, alice: Identity, bob: Identity) -> Observation:
    """Two users are distinct when their tokens name two subjects, or a who-am-I does; never with one credential.

    Some services put the same subject into every token, and who it is for elsewhere: there who-am-I decides.
    """
    subject = f"{alice.name} and {bob.name}"
    if (alice.headers, alice.cookies) == (bob.headers, bob.cookies):
        return inconclusive(subject, "one-user", f"{subject} carry the same credential; give each one of its own")
    mine, other = (subject_of(user.claims) for user in (alice, bob))
    if mine is not None and other is not None:
        if mine != other:
            return passed(subject, "their tokens name two subjects")
        if lab.scenario.users.whoami is None or _telling(alice) == _telling(bob):
            return inconclusive(subject, "one-user", f"both tokens name the subject {mine!r}; give tokens of two users")
    if lab.scenario.users.whoami is not None:
        return await _told_apart(lab, alice, bob, lab.scenario.users.whoami)
    return passed(subject, "they carry different credentials; each check proves by its own objects that they are two")


def _telling(user: Identity) -> dict[str, Any]:
    """Return the claims that do not differ from one token of a user to the next."""
    return {name: value for name, value in (user.claims or {}).items() if name not in {"iat", "exp", "nbf", "jti"}}


async def _told_apart(lab: Lab, alice: Identity, bob: Identity, whoami: Call) -> Observation:
    """Ask the target who they are."""
    subject, place = f"{alice.name} and {bob.name}", lab.scenario.users.whoami_id
    answers = [await lab.send(user, requests.of_oneself(whoami, user), purpose="control") for user in (alice, bob)]
    found = [requests.at(requests.parsed(answer.body), place) for answer in answers]
    if None in found:
        where = " or ".join(place.split("|"))
        sentence = f"{whoami.operation} does not say who they are at {where}; name the place as users.whoami_id"
        return inconclusive(subject, "unknown-user", sentence, *answers)
    if found[0] == found[1]:
        sentence = f"{whoami.operation} says that both are {found[0]!r}; give two users"
        return inconclusive(subject, "one-user", sentence, *answers)
    return passed(subject, f"{whoami.operation} names two users", *answers)


async def _strangers_refused(lab: Lab) -> Observation:
    request = harmless(lab, await lab.user(lab.session.introductions.names[0]))
    if request is None:
        return inconclusive("strangers", "no-harmless-operation", "nothing private to try without a credential")
    garbage = lab.session.introductions.with_token("garbage", GARBAGE)
    for user, what in ((lab.anonymous, "no credential"), (garbage, "a garbage credential")):
        forged = RANDOM_CREDENTIAL if user is garbage else None
        exchange = await lab.send(user, request, purpose="attempt", forged=forged)
        if exchange.ok:
            return failed(
                "strangers",
                f"{request.operation} accepts {what} ({exchange.status})",
                exchange,
                users=(user.name,),
                operation=request.operation,
            )
        if exchange.status not in {401, 403, 404, 400, 422}:
            return inconclusive(
                "strangers", "unclear", f"{request.operation} answered {what} with {status_of(exchange)}", exchange
            )
    return passed("strangers", f"{request.operation} refuses no credential and a garbage one")


CHECK = Check(
    id="preflight/users",
    title="The users are accepted, distinct, and nobody else is let in",
    explanation="Without two live and distinct users, and a target that refuses strangers, no denial means anything.",
    severity=Severity.CRITICAL,
    catches=("authentication.missing", "tokens.garbage"),
    needs=Needs(writes=False),
    owasp="API2:2023",
    cwe=306,
    run=_introduce,
)

__all__ = ["CHECK", "Inconclusive", "harmless", "read_document", "wait_until_ready"]
