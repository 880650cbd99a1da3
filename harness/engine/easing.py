"""A target that stops answering many requests at once is asked fewer at once, and what went unanswered is tried again.

Usual with a pool of database connections that requests wait for while they hold a worker: fifteen at once are answered,
thirty are not, nor is anything else until the waiting has ended. That says much of the target under load, and nothing
of its access control.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.lab import Session
    from harness.model import Exchange, Result

AT_ONCE = 4
IN_A_ROW = 5
KNOWN = 20
"""Answers from which on a target is one that answers."""


class Strain:
    """Watches for time-outs in a row of a target that has answered before; from then on, few requests go at once."""

    def __init__(self, session: Session) -> None:
        self.eased = False
        self._session = session
        self._answered = self._row = 0

    def see(self, exchange: Exchange) -> None:
        """Count a time-out; an answer ends the row."""
        if exchange.response is not None:
            self._answered, self._row = self._answered + 1, 0
            return
        self._row += timed_out(exchange)
        if self._row >= IN_A_ROW and self._answered >= KNOWN and not self.eased:
            self.eased = True
            self._session.client.ease(AT_ONCE)

    def conclude(self) -> tuple[()]:
        """Say nothing: what it has seen is in the timeline."""
        return ()


def timed_out(exchange: Exchange) -> bool:
    """Whether no answer came in time."""
    return exchange.error is not None and exchange.error.startswith("timeout")


def went_unanswered(result: Result, known: Mapping[str, Exchange]) -> bool:
    """Whether nothing but a time-out kept a check from its end."""
    shown = (
        known[name]
        for each in result.observations
        if each.outcome is Outcome.INCONCLUSIVE
        for name in each.exchanges
        if name in known
    )
    return result.outcome is Outcome.INCONCLUSIVE and any(timed_out(exchange) for exchange in shown)
