"""A method that the document does not know is refused with 405 and a truthful Allow (RFC 9110, section 15.5.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.lab import genuine, specimens
from harness.model import Needs, Request, Severity
from harness.openapi.matching import fits
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
IMPLIED = frozenset({"HEAD", "OPTIONS"})
NOT_ALLOWED = 405


@check(
    severity=Severity.LOW,
    catches=["contract.method"],
    needs=Needs(operations=("create",), features=("document",)),
    owasp="API8:2023",
    cwe=358,
)
async def undeclared_method(lab: Lab) -> AsyncIterator[Observation]:
    """A method that is not declared for a path is answered 405, and Allow names those that are."""
    user = await lab.user(lab.session.introductions.names[0])
    await genuine(lab, user)
    judged, document = 0, lab.session.document
    described = document.operations if document is not None else ()  # also what is never called
    for template, target in (await _paths(lab)).items():
        declared = {each.method for each in described if fits(each.path, target)}
        for method in METHODS:
            if method in declared or (method == "DELETE" and not lab.session.introductions.fresh):
                continue
            attempt = await lab.send(user, Request(method=method, target=target), purpose="attempt")
            judged += attempt.status == NOT_ALLOWED
            own = {each.method for each in described if each.path == template}
            observation = judge(f"{method} {template}", attempt, own, declared)
            if observation is not None:
                yield observation
    if not judged:
        yield skipped("methods", "not-applicable", "no method that is not declared is answered with 405 here")


async def _paths(lab: Lab) -> dict[str, str]:
    """Return a concrete path for each template of the document that plain users work with."""
    user = await lab.user(lab.session.introductions.names[0])
    users, target = lab.scenario.users, lab.scenario.target
    calls = (users.login, users.signup, users.logout, users.delete_account, users.change_password)
    left = {*target.destructive, *users.privileged, *(call.operation for call in calls if call is not None)}
    closed = {each.partition(" ")[2] for each in left}
    found: dict[str, str] = {}
    for specimen in await specimens(lab, user):
        operation = lab.operation(specimen.operation)
        if operation is not None and operation.path not in closed:
            found.setdefault(operation.path, specimen.request.target.partition("?")[0])
    for operation in lab.operations:
        if "{" not in operation.path and operation.path not in closed:
            found.setdefault(operation.path, operation.path)
    return found


def judge(subject: str, attempt: Exchange, own: set[str], declared: set[str]) -> Observation | None:
    """Judge one answer; a refusal that is no 405 hides which paths exist, which is allowed.

    Allow must name the methods of the path's `own` template, and may name those of others that fit it (`declared`).
    """
    if attempt.ok:
        return failed(subject, f"{subject} is not declared, and answered {attempt.status}", attempt, operation=subject)
    if attempt.broken:
        return inconclusive(subject, "unclear", f"{subject} is answered {status_of(attempt)}", attempt)
    if attempt.status != NOT_ALLOWED or attempt.response is None:
        return None
    values = attempt.response.all("Allow")
    allowed = {name.strip().upper() for value in values for name in value.split(",") if name.strip()}
    if not values:
        return failed(subject, f"{subject} is answered 405 without Allow", attempt, operation=subject)
    if not own - IMPLIED <= allowed - IMPLIED <= declared - IMPLIED:
        says, expected = ", ".join(sorted(allowed)) or "nothing", ", ".join(sorted(declared))
        return failed(
            subject,
            f"{subject} is answered 405 with Allow: {says}; {expected} are declared",
            attempt,
            operation=subject,
        )
    return passed(subject, f"{subject} is answered 405 with Allow: {', '.join(sorted(allowed))}", attempt)
