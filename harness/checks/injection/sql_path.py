"""SQL injection (CWE-89) by a path: a condition in place of an identifier must never be evaluated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from harness.checks.exposure._visits import people
from harness.checks.injection.sql_search import FALSE, TRUE
from harness.checks.validation._input import attempt
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation, Request

SHAPES = ("' AND {condition} -- ", "' AND {condition} AND '7'='7", " AND {condition}", '" AND {condition} -- ')
QUOTES = ("'", '"', "')")
PLAIN = "x"


@check(
    severity=Severity.CRITICAL,
    catches=["injection.sql"],
    needs=Needs(users=1),
    owasp="API8:2023",
    cwe=89,
)
async def sql_path(lab: Lab) -> AsyncIterator[Observation]:
    """An identifier in a path stays one: it is never part of the statement."""
    user = await lab.user(lab.session.introductions.names[0])
    asked, tried = [*await _objects(lab, user), *await people(lab, user)], set()
    for request, identifier in asked:
        if request.operation not in tried:
            control = await lab.send(user, request, purpose="control")
            if control.ok:
                tried.add(request.operation)
                yield await _judge(lab, user, request, identifier, control)
    if not asked:
        yield skipped("paths", "not-applicable", "no GET has one identifier in its path")
    elif not tried:
        yield inconclusive("paths", "no-control", "no GET with one identifier in its path answers its owner")


async def _objects(lab: Lab, user: Identity) -> list[tuple[Request, str]]:
    found = []
    for resource in lab.resources_with("create", "read"):
        owned = await genuine(lab, user, resource)
        if owned is not None:
            found.append((resource.request("read", owned), str(owned.id)))
    return found


async def _judge(lab: Lab, user: Identity, request: Request, identifier: str, control: Exchange) -> Observation:
    operation = str(request.operation)
    about = {"operation": operation, "users": (user.name,)}
    other = await attempt(lab, user, _with(request, identifier, PLAIN))
    if other.ok:
        sentence = f"{operation} answers {other.status} whatever identifier it is asked for"
        return inconclusive(operation, "no-control", sentence, control, other, **about)
    for shape in SHAPES:
        pairs = [
            await attempt(lab, user, _with(request, identifier, shape.format(condition=condition)))
            for condition in (TRUE, FALSE, TRUE, FALSE)
        ]
        answers = [(each.status, each.body) for each in pairs]
        if answers[:2] == answers[2:] and pairs[0].ok and not pairs[1].ok:
            sentence = (
                f"{operation} evaluates what follows the identifier: {pairs[0].status} where the condition is true,"
                f" {status_of(pairs[1])} where it is false ({shape!r})"
            )
            return failed(operation, sentence, control, pairs[0], pairs[1], **about)
    for text in QUOTES:
        broken = await attempt(lab, user, _with(request, identifier, text))
        if broken.broken and not other.broken:
            sentence = f"{operation} with {text!r} behind the identifier is answered {status_of(broken)}"
            said = f"{sentence}, with {PLAIN!r} {status_of(other)}: a quote breaks the statement"
            return failed(operation, said, control, other, broken, severity=Severity.HIGH, **about)
    sentence = f"{operation} takes quotes and conditions behind an identifier for a part of it ({status_of(other)})"
    return passed(operation, sentence, control, other, **about)


def _with(request: Request, identifier: str, text: str) -> Request:
    """Return the request with some text behind the last place where the identifier stands in its path."""
    head, _, tail = request.target.rpartition(quote(identifier, safe=""))
    return replace(request, target=f"{head}{quote(identifier + text, safe='')}{tail}")
