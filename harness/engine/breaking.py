"""A run on production stops by itself when the target starts to fail: nobody wants to be who made it worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import status_of

if TYPE_CHECKING:
    from harness.model import Exchange
    from harness.policy import Policy

CONTROLS = frozenset({"control", "create", "introduce", "read-back", "log-in"})
IN_A_ROW = 5


class Breaker:
    """Watches the requests that have to succeed, and stops all others after IN_A_ROW of them have failed in a row."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._failures = 0

    def see(self, exchange: Exchange) -> None:
        """Count a failure: no answer in time, or one that blames the server; anything else ends the row."""
        if exchange.purpose not in CONTROLS:
            return
        self._failures = self._failures + 1 if exchange.broken else 0
        if self._failures == IN_A_ROW:
            request = exchange.request
            self._policy.stopped = (
                f"the target fails: {IN_A_ROW} requests in a row that have to succeed did not, the last being"
                f" {request.operation or request.method} ({status_of(exchange)}); the run has stopped by itself"
            )

    def conclude(self) -> tuple[()]:
        """Say nothing: whoever is stopped does."""
        return ()
