"""What was sent and what came back: watchers look at the whole, a redacted part is kept."""

from __future__ import annotations

import dataclasses
import itertools
import time
from typing import TYPE_CHECKING

from harness.model import Exchange, Watcher

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KEPT_BODY = 4096


class Recorder:
    """The ledger of a run.

    `redact` takes an exchange and returns it without secrets; it is applied before a body is shortened, so that no
    secret survives by being cut in two.
    """

    def __init__(self, *, redact: Callable[[Exchange], Exchange] = lambda exchange: exchange, clock: Callable[[], float] = time.monotonic) -> None:
        self._redact = redact
        self._clock = clock
        self._started = clock()
        self._numbers = itertools.count(1)
        self._kept: dict[str, Exchange] = {}
        self.watchers: list[Watcher] = []

    def now(self) -> float:
        """Seconds since the run began."""
        return self._clock() - self._started

    def next_id(self) -> str:
        """A new exchange id, unique within the run."""
        return f"x{next(self._numbers):05d}"

    def record(self, exchange: Exchange) -> None:
        """Show the exchange to every watcher, then keep a redacted and shortened copy."""
        for watcher in self.watchers:
            watcher.see(exchange)
        self._kept[exchange.id] = _shorten(self._redact(exchange))

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything recorded so far, by id."""
        return self._kept

    def count(self, phase: str) -> int:
        """How many exchanges a phase has sent."""
        return sum(exchange.phase == phase for exchange in self._kept.values())


def _shorten(exchange: Exchange) -> Exchange:
    request = dataclasses.replace(exchange.request, body=exchange.request.body[:KEPT_BODY])
    if exchange.response is None:
        return dataclasses.replace(exchange, request=request)
    body = exchange.response.body
    response = dataclasses.replace(exchange.response, body=body[:KEPT_BODY], truncated=exchange.response.truncated or len(body) > KEPT_BODY)
    return dataclasses.replace(exchange, request=request, response=response)
