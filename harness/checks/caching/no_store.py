"""Private answers that a browser or proxy keeps outlive the session that saw them (CWE-525, RFC 6585 section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks._watching import Problem, Seen, StatusWatcher
from harness.checks.caching._rules import directives, is_private
from harness.model import Needs, Severity
from harness.registry import watcher

if TYPE_CHECKING:
    from harness.lab import Lab

LIMITED = 429
KINDS, OPTIONAL = (401,), (404, 429)
# RFC 9111, section 4.2.2: caches do not keep a 401 of their own accord, and a 404 only where something tells its age.
BARELY_KEPT = (401, 404)
FRESHNESS = ("Cache-Control", "Expires", "Last-Modified")


@watcher(
    severity=Severity.MEDIUM,
    catches=["caching.no-store"],
    needs=Needs(users=0, features=("document",), writes=False),
    owasp="API8:2023",
    cwe=525,
)
def no_store(lab: Lab) -> StatusWatcher:
    """Every private answer forbids caches to keep it, or allows it to its receiver alone."""

    def judge(seen: Seen) -> Problem | bool:
        return judge_headers(seen) if is_private(lab, seen) else False

    claim = "private answers that forbid storing"
    return StatusWatcher(
        lab=lab, subject="Cache-Control", claim=claim, judge=judge, kinds=KINDS, optional=OPTIONAL, answers=True
    )


def judge_headers(seen: Seen) -> Problem | bool:
    """Accept no-store, and private or no-cache for what is not a refusal by quota."""
    said = directives(seen.response)
    if "no-store" in said or (seen.response.status != LIMITED and {"private", "no-cache"} & said.keys()):
        return True
    if seen.response.status in BARELY_KEPT and not any(map(seen.response.header, FRESHNESS)):
        return True
    text = ", ".join(seen.response.all("Cache-Control")) or "nothing"
    severity = None if seen.exchange.ok else Severity.LOW
    sentence = f"{seen.name} says {text} in Cache-Control, expected no-store or private"
    return Problem(subject=seen.name, sentence=sentence, severity=severity)
