"""Exposure of another user's data (OWASP API1:2023, CWE-200), wherever it shows: in any response of the whole run.

Each created object holds an unguessable word that only its owner ever sends. Whoever else receives it, in whatever
operation, body or header, in upper case, reversed, in hex or in base64, received the owner's data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed
from harness.lab.markers import Markers
from harness.model import Severity
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
        receiver = f"{exchange.user}:{exchange.subject or ''}"
        foreign = []
        for marker, owner in self.lab.session.markers.found(_received(exchange)):
            self.own += owner == receiver
            if owner is not None and owner != receiver:
                foreign.append((marker, owner))
        sent = _sent(exchange) if foreign else b""
        for marker, owner in foreign:
            if not marker.in_bytes(sent):
                name = owner.partition(":")[0]
                operation = exchange.request.operation or exchange.request.method
                self.found.setdefault((operation, name, exchange.user), (exchange, name))

    def conclude(self) -> Iterator[Observation]:
        """Say who received what, or how many responses held nothing foreign."""
        for (operation, owner, receiver), (exchange, _) in self.found.items():
            who = receiver if receiver != owner else f"another {receiver}"
            sentence = f"{who} receives what {owner} owns, by {operation} ({exchange.status})"
            yield failed(f"{SUBJECT}: {operation}", sentence, exchange, users=(owner, receiver), operation=operation)
        if self.found:
            return
        if not detects():
            yield inconclusive(SUBJECT, "insensitive", "a planted marker was not recognised")
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


def _received(exchange: Exchange) -> bytes:
    response = exchange.response
    assert response is not None  # noqa: S101 -- looked at before
    return response.body + b"\n" + "\n".join(value for _, value in response.headers).encode("utf-8", "replace")


def _sent(exchange: Exchange) -> bytes:
    request = exchange.request
    headers = "\n".join(value for _, value in request.headers)
    return f"{request.target}\n{headers}\n".encode("utf-8", "replace") + request.body
