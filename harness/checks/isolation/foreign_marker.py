"""Exposure of another user's data (OWASP API1:2023, CWE-200), wherever it shows: in any response of the whole run.

Each created object holds an unguessable word that only its owner ever sends. Whoever else receives it, in whatever
operation, body or header, in upper case, reversed, in hex or in base64, received the owner's data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.expect import failed, inconclusive, passed, skipped
from harness.lab.markers import Markers
from harness.model import Basis, Severity
from harness.registry import watcher

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation

SUBJECT = "foreign markers"
ENOUGH = 10


@watcher(
    severity=Severity.CRITICAL,
    catches=[
        "isolation.list",
        "isolation.search",
        "isolation.read",
        "isolation.cache",
        "isolation.concurrency",
        "isolation.pooled-connection",
    ],
    owasp="API1:2023",
    cwe=200,
)
@dataclass
class ForeignMarker:
    """No response holds what belongs to another user."""

    lab: Lab
    looked: int = 0
    own: int = 0
    found: dict[tuple[str, str, str], tuple[Exchange, str]] = field(default_factory=dict)

    def see(self, exchange: Exchange) -> None:
        """Look for markers of others; load runs look for themselves, and a forged credential is nobody's."""
        if exchange.response is None or exchange.forged is not None or exchange.phase == "load":
            return
        self.looked += exchange.ok and bool(exchange.body)
        own, foreign = self.lab.session.markers.held(exchange)
        self.own += own
        for _, owner in foreign:
            name = owner.partition(":")[0]
            operation = exchange.request.operation or exchange.request.method
            self.found.setdefault((operation, name, exchange.user), (exchange, name))

    def conclude(self) -> Iterator[Observation]:
        """Say who received what, or how many responses held nothing foreign."""
        for (operation, owner, receiver), (exchange, _) in self.found.items():
            who = receiver if receiver != owner else f"another {receiver}"
            sentence = f"{who} receives what {owner} owns, by {operation} ({exchange.status})"
            about: dict[str, Any] = {"users": (owner, receiver), "operation": operation, "basis": Basis.PROOF}
            yield failed(f"{SUBJECT}: {operation}", sentence, exchange, **about)
        if self.found:
            return
        if not detects():
            yield inconclusive(SUBJECT, "insensitive", "a planted marker was not recognised")
        elif self.lab.scenario.resource and all(each.readable for each in self.lab.scenario.resource):
            yield skipped(SUBJECT, "not-applicable", "whatever users create is for everybody to see, by design")
        elif self.looked < ENOUGH or not self.own:
            sentence = (
                f"{self.looked} successful responses, {self.own} markers seen by their owners: too few to say anything"
            )
            yield inconclusive(SUBJECT, "no-control", sentence)
        else:
            sentence = (
                f"in {self.looked} successful responses owners got own markers {self.own} times, nobody another's"
            )
            yield passed(SUBJECT, sentence)


def detects() -> bool:
    """Whether a planted marker is recognised in each of its forms."""
    markers = Markers()
    planted = markers.issue("planted")
    return all(list(markers.found(b'{"text": "' + form + b'"}')) == [(planted, "planted")] for form in planted.forms)
