"""Operator injection (CWE-943) by a log-in: what is no text, in place of a password, must let nobody in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.checks.injection._operators import operators, with_operator
from harness.checks.sessions._accounts import entered, log_in, newcomer
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.identities.passwords import new_password
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import LoginSpec

AT_ONCE = 2
"""Tries for each user: a name is often locked after a few."""
JUGGLED: tuple[Any, ...] = (True, 0, [], [""])
"""Equal to any text, or to none, in languages that compare loosely."""


@check(
    severity=Severity.CRITICAL,
    catches=["injection.operator"],
    needs=Needs(features=("passwords",)),
    owasp="API8:2023",
    cwe=943,
)
async def operator_login(lab: Lab) -> AsyncIterator[Observation]:
    """A log-in compares a password as a text: no operator and no other type in its place opens an account."""
    spec = lab.scenario.users.login
    assert spec is not None  # noqa: S101 -- Needs(features=("passwords",))
    await genuine(lab, await lab.new_user("bob"))
    tries = _tries(spec)
    if not tries:
        sentence = f"the password of {spec.operation} is in no body, form or query"
        yield skipped(spec.operation, "not-applicable", sentence, operation=spec.operation)
    for first in range(0, len(tries), AT_ONCE):
        yield await _tried(lab, spec, tries[first : first + AT_ONCE])


def _tries(spec: LoginSpec) -> list[tuple[str, LoginSpec, Any]]:
    """Return what stands in place of the password, in words, as a call and as a value for it."""
    made = [(each, with_operator(spec, "password", each, value)) for each, value in operators()]
    found: list[tuple[str, LoginSpec, Any]] = [(each, other, "") for each, other in made if other is not None]
    if spec.body is not None:
        found += [(repr(each), spec, each) for each in JUGGLED]
    return found


async def _tried(lab: Lab, spec: LoginSpec, tries: Sequence[tuple[str, LoginSpec, Any]]) -> Observation:
    """Try some on a new user, whose right password must open the account afterwards and a wrong one must not."""
    names = ", ".join(each for each, _, _ in tries)
    subject, about = f"{spec.operation}: {names}", {"operation": spec.operation, "users": ("alice", "nobody")}
    user = await newcomer(lab, "alice")
    answers: list[Exchange] = []
    for name, call, value in tries:
        answers.append(await log_in(lab, str(user.username), value, call=call))
        if entered(lab, answers[-1]):
            wrong = await log_in(lab, str(user.username), new_password())
            if entered(lab, wrong):
                return inconclusive(subject, "no-control", f"{spec.operation} lets in whoever comes", wrong, **about)
            sentence = f"{spec.operation} opens alice's account for {name} in place of the password"
            return failed(subject, sentence, wrong, answers[-1], **about)
    control = await log_in(lab, str(user.username), _password(user))
    if not entered(lab, control):
        sentence = (
            f"afterwards the right password is answered {status_of(control)}: what was refused before says nothing"
        )
        return inconclusive(subject, "no-control", sentence, control, **about)
    sentence = f"{spec.operation} refuses {names} in place of a password, and lets in who knows it"
    return passed(subject, sentence, *answers, control, **about)


def _password(user: Identity) -> str:
    return user.password.value if user.password else ""
