"""A body that is sent as another media type than declared is misread (CWE-436), or run as a page by a browser."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from harness.checks._watching import Problem, Seen, StatusWatcher, media_type
from harness.model import Needs, Severity
from harness.registry import watcher

if TYPE_CHECKING:
    from harness.lab import Lab


@watcher(
    severity=Severity.LOW,
    catches=["contract.content-type"],
    needs=Needs(users=0, features=("document",), writes=False),
    owasp="API8:2023",
    cwe=436,
)
def content_type(lab: Lab) -> StatusWatcher:
    """Every body is sent as the media type that is declared for it."""
    errors = lab.scenario.errors.media_type if lab.scenario.errors else None
    claim = "media types as declared"
    return StatusWatcher(
        lab=lab,
        subject="media types",
        claim=claim,
        judge=lambda seen: judge(seen, errors),
        described=lambda declared: bool(declared.bodies) or (errors is not None and declared.status[:1] in "45"),
    )


def judge(seen: Seen, errors: str | None) -> Problem | bool:
    """Compare the media type with those of the document; where it is silent, errors with that of the scenario."""
    if not seen.response.body or seen.exchange.request.method == "HEAD":
        return False
    declared = seen.operation.declared(seen.response.status) if seen.operation else None
    expected = [media_type(body.media_type) for body in declared.bodies] if declared else []
    if not expected and errors is not None and seen.response.is_error:
        expected = [media_type(errors)]
    if not expected:
        return False
    received = media_type(seen.response.header("Content-Type"))
    if any(fnmatchcase(received, each) for each in expected):
        return True
    sentence = f"{seen.name} is sent as {received or 'nothing'}, declared {' or '.join(expected)}"
    return Problem(subject=seen.name, sentence=sentence, operation=seen.operation.id if seen.operation else None)
