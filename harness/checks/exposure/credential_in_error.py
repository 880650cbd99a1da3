"""A credential that an error repeats (CWE-209): errors are logged, shown and reported where no credential may be.

What a cookie keeps from scripts is theirs to read in a body, and what was refused is often right for another service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks._watching import Problem, Seen, StatusWatcher
from harness.checks.exposure._echo import repeated
from harness.model import ANONYMOUS, Severity
from harness.registry import watcher

if TYPE_CHECKING:
    from harness.lab import Lab


@watcher(severity=Severity.MEDIUM, catches=["exposure.echo"], owasp="API8:2023", cwe=209)
def credential_in_error(lab: Lab) -> StatusWatcher:
    """No error, and no header of another answer, repeats a credential."""
    return StatusWatcher(
        lab=lab,
        subject="credentials in errors",
        claim="errors that repeat no credential",
        judge=lambda seen: judge(lab, seen),
        front=True,
    )


def judge(lab: Lab, seen: Seen) -> Problem | bool:
    """Return that an answer repeats a known credential; one to nobody says nothing, and a refused one weighs less.

    The body of a success may: a log-in, a user who reads the own account, or a list of sessions.
    """
    exchange = seen.exchange
    if exchange.user == ANONYMOUS.name:
        return False
    place = repeated(lab, exchange, body=seen.response.is_error)
    if place is None:
        return seen.response.is_error
    severity = Severity.LOW if exchange.forged is not None else None
    sentence = f"{seen.name} repeats a credential of this run in its {place}"
    return Problem(subject=f"a credential in {seen.name}", sentence=sentence, severity=severity)
