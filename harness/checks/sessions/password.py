"""Passwords that are compared in part only (CWE-303): whoever knows most of one, or none, must not get in.

A hash may take only so many characters (bcrypt takes 72 bytes, crypt took 8), and a comparison may fold their case.
The right password is accepted beside each wrong one, so that no refusal is that of a lock-out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.sessions._accounts import entered, log_in, newcomer
from harness.expect import failed, inconclusive, passed, status_of
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import Lab
    from harness.model import Observation


@check(
    severity=Severity.HIGH,
    catches=["sessions.password"],
    needs=Needs(features=("passwords",)),
    owasp="API2:2023",
    cwe=303,
)
async def password(lab: Lab) -> AsyncIterator[Observation]:
    """Only the whole password lets its owner in."""
    spec = lab.scenario.users.login
    assert spec is not None  # noqa: S101 -- Needs(features=("passwords",))
    await genuine(lab, await lab.new_user("bob"))
    user = await newcomer(lab, "alice")
    name, right = str(user.username), user.password.value if user.password else ""
    for kind, wrong in _near(right):
        subject, about = f"a password {kind}", {"operation": spec.operation, "users": ("alice",)}
        attempt = await log_in(lab, name, wrong)
        control = await log_in(lab, name, right)
        if not entered(lab, control):
            sentence = f"{spec.operation} does not accept the right password ({status_of(control)})"
            yield inconclusive(subject, "no-control", sentence, attempt, control, **about)
            return
        if entered(lab, attempt):
            sentence = f"{spec.operation} accepts alice's password {kind} ({attempt.status})"
            severity = Severity.MEDIUM if wrong.lower() == right.lower() else Severity.HIGH
            yield failed(subject, sentence, control, attempt, severity=severity, **about)
        else:
            sentence = f"{spec.operation} refuses alice's password {kind} ({status_of(attempt)})"
            yield passed(subject, sentence, control, attempt, **about)


def _near(right: str) -> Iterator[tuple[str, str]]:
    yield "with another last character", right[:-1] + ("a" if right[-1:] != "a" else "b")
    yield "with the case of its letters swapped", right.swapcase()
    yield "that is empty", ""
