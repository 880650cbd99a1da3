"""A status that the document does not declare surprises every client (OWASP API9:2023, CWE-440)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks._watching import Problem, Seen, StatusWatcher
from harness.model import Needs, Severity
from harness.registry import watcher

if TYPE_CHECKING:
    from harness.lab import Lab
    from harness.model import Operation


NOT_MODIFIED = 304  # what was asked for with a condition (RFC 9110, section 13) is answered so by any resource


@watcher(
    severity=Severity.MEDIUM,
    catches=["contract.status"],
    needs=Needs(users=0, features=("document",), writes=False),
    owasp="API9:2023",
    cwe=440,
)
def status(lab: Lab) -> StatusWatcher:
    """Every operation answers with a status that is declared for it."""
    return StatusWatcher(lab=lab, subject="statuses", claim="statuses as declared", judge=judge)


def judge(seen: Seen) -> Problem | bool:
    """Return a status that is not declared; hardly any document declares failures of the server, so they may come."""
    code = seen.response.status
    if seen.operation is None or not seen.operation.responses or seen.response.is_failure or code == NOT_MODIFIED:
        return False
    if is_declared(seen.operation, code):
        return True
    known = ", ".join(response.status for response in seen.operation.responses)
    sentence = f"{seen.operation.id} answers {code}, the document declares {known}"
    severity = None if seen.exchange.ok else Severity.LOW
    return Problem(subject=seen.name, sentence=sentence, severity=severity, operation=seen.operation.id)


def is_declared(operation: Operation, code: int) -> bool:
    """Whether the document allows this status here; where it names successes, `default` is for errors."""
    names = {response.status.upper() for response in operation.responses}
    if str(code) in names or f"{code // 100}XX" in names:
        return True
    return "DEFAULT" in names and not (str(code).startswith("2") and any(name.startswith("2") for name in names))
