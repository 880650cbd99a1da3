"""A response without a request id, or with two different ones, cannot be found in the log (CWE-778)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness import requests
from harness.checks._watching import Problem, Seen, StatusWatcher
from harness.model import Needs, Severity
from harness.registry import watcher

if TYPE_CHECKING:
    from harness.lab import Lab
    from harness.scenario.schema import TracingSpec

VALID = re.compile(r"[\x21-\x7e]{1,256}")


@watcher(
    severity=Severity.LOW,
    catches=["tracing.missing", "tracing.echo"],
    needs=Needs(users=0, features=("tracing",), writes=False),
    owasp="API8:2023",
    cwe=778,
)
def every_response(lab: Lab) -> StatusWatcher:
    """Every response carries exactly one request id, and its body the same one."""
    spec = lab.scenario.tracing
    assert spec is not None  # noqa: S101 -- Needs(features=("tracing",))
    claim = f"each carried one {spec.header}"
    return StatusWatcher(lab=lab, subject="request ids", claim=claim, judge=lambda seen: judge(seen, spec))


def judge(seen: Seen, spec: TracingSpec) -> Problem | bool:
    """Return what is wrong with the id of one response."""
    ids = seen.response.all(spec.header)
    status = seen.response.status
    if len(ids) != 1:
        how = "no" if not ids else str(len(ids))
        return Problem(
            subject=f"{spec.header} on {status}", sentence=f"{seen.name} carries {how} {spec.header}, expected one"
        )
    if not VALID.fullmatch(ids[0]):
        return Problem(
            subject=f"{spec.header} on {status}", sentence=f"{seen.name} carries the {spec.header} {ids[0][:80]!r}"
        )
    repeated = None
    if spec.body is not None and seen.response.is_error:
        repeated = requests.at(seen.document, spec.body)
    if repeated is not None and repeated != ids[0]:
        sentence = f"{seen.name} says {ids[0]!r} in {spec.header} and {str(repeated)[:80]!r} in its body"
        return Problem(subject=f"{spec.header} and body on {status}", sentence=sentence)
    return True
