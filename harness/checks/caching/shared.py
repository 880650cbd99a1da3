"""A private answer that a shared cache may keep is served to the next user (CWE-524, RFC 9111 section 3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks._watching import Problem, Seen, StatusWatcher
from harness.checks.caching._rules import directives, is_private, seconds
from harness.model import Needs, Severity
from harness.registry import watcher

if TYPE_CHECKING:
    from harness.lab import Lab
    from harness.model import Response
    from harness.scenario.schema import CredentialSpec

KINDS, OPTIONAL = (401,), (404, 429)


@watcher(
    severity=Severity.HIGH,
    catches=["caching.shared", "isolation.cache"],
    needs=Needs(users=0, features=("document",), writes=False),
    owasp="API1:2023",
    cwe=524,
)
def shared(lab: Lab) -> StatusWatcher:
    """No private answer may be kept by a shared cache."""
    credential = lab.scenario.users.credential

    def judge(seen: Seen) -> Problem | bool:
        if not is_private(lab, seen):
            return False
        why = storable(seen.response, credential)
        return (
            True if why is None else Problem(subject=seen.name, sentence=f"{seen.name} may be kept by any proxy: {why}")
        )

    return StatusWatcher(
        lab=lab,
        subject="shared caches",
        claim="private answers no proxy may keep",
        judge=judge,
        kinds=KINDS,
        optional=OPTIONAL,
        answers=True,
    )


def storable(response: Response, credential: CredentialSpec) -> str | None:
    """Return what allows a shared cache to reuse this answer for others, None if nothing does."""
    said = directives(response)
    if {"no-store", "private", "no-cache"} & said.keys():
        return None
    carrier = "cookie" if credential.cookie is not None else (credential.header or "authorization").lower()
    varies = {name.strip().lower() for value in response.all("Vary") for name in value.split(",")}
    if {carrier, "*"} & varies:
        return None
    text = ", ".join(response.all("Cache-Control"))
    explicit = "public" in said or seconds(said.get("s-maxage")) > 0
    # With Authorization in the request max-age is not enough; with a cookie or a header of its own it is.
    fresh = carrier != "authorization" and (seconds(said.get("max-age")) > 0)
    return f"Cache-Control: {text}, without Vary on {carrier}" if explicit or fresh else None
