"""Secrets of the service in what it answers (CWE-200): a health page that names the database, password and all.

Of errors errors/secret speaks; here they show that more than a facade answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks._disclosure import Sensitive, first, given_away
from harness.checks._keys import KEYS, SHOWN, known
from harness.checks._watching import StatusWatcher
from harness.model import Needs, Severity
from harness.registry import watcher

if TYPE_CHECKING:
    from harness.checks._watching import Problem, Seen
    from harness.lab import Lab

EXAMPLES = (
    "postgresql://service:hunter2hunter2@db.internal:5432/things",
    f"-----BEGIN {'EC'} PRIVATE KEY-----",  # in two pieces: the repository holds nothing that looks like a key
    f"ghp{'_'}{'a1' * 18}",
)


@watcher(
    severity=Severity.HIGH,
    catches=["exposure.secret"],
    needs=Needs(users=0, features=("document",), writes=False),
    owasp="API8:2023",
    cwe=200,
)
def secret(lab: Lab) -> Sensitive:
    """No answer holds a private key, a token of another service or an address with its password."""
    shapes, ours = first(KEYS), known(lab)

    def look(text: str) -> str | None:
        return shapes(text) or ours(text)

    def judge(seen: Seen) -> Problem | bool:
        if seen.operation is None:  # a page about the service may show examples of addresses
            return False
        return True if seen.response.is_error else given_away(seen, "a secret", look, SHOWN)

    watch = StatusWatcher(
        lab=lab, subject="secrets", claim="answers without a secret", judge=judge, optional=(), answers=True
    )
    return Sensitive(watch, look, EXAMPLES)
