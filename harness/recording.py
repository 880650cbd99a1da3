"""What was sent and what came back: watchers look at the whole, a redacted part is kept."""

from __future__ import annotations

import dataclasses
import itertools
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from harness.model import Exchange, Watcher

KEPT_BODY = 4096
RAW_BODY = 2 * KEPT_BODY


class Recorder:
    """The ledger of a run.

    Twice the kept part of a body stays in memory until `finish` has redacted it: a secret that the first cut goes
    through lies in the part that the second one drops.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
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
        """Show the exchange to every watcher, then keep the head of its bodies."""
        for watcher in self.watchers:
            watcher.see(exchange)
        self._kept[exchange.id] = shortened(exchange, RAW_BODY)

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything recorded so far, by id; not redacted yet."""
        return self._kept

    def count(self, phase: str) -> int:
        """How many exchanges a phase has sent."""
        return sum(exchange.phase == phase for exchange in self._kept.values())

    def finish(
        self, redact: Callable[[Exchange], Exchange], *, cited: Collection[str] | None = None
    ) -> tuple[Exchange, ...]:
        """Return everything recorded, without secrets and shortened to what is kept.

        Headers and bodies are kept of the exchanges that `cited` names (all, if it is None): what nobody points to is a
        line of the ledger, and ten times as much of it would only be slower to write, to sign and to check.
        """
        kept = self._kept.values()
        bare = (each if cited is None or each.id in cited else line(each) for each in kept)
        return tuple(shortened(redact(exchange), KEPT_BODY) for exchange in bare)

    def some(self, names: Iterable[str], redact: Callable[[Exchange], Exchange]) -> tuple[Exchange, ...]:
        """Return the exchanges of these ids, each once, in the form in which `finish` returns them."""
        kept = (self._kept[name] for name in dict.fromkeys(names) if name in self._kept)
        return tuple(shortened(redact(exchange), KEPT_BODY) for exchange in kept)


def line(exchange: Exchange) -> Exchange:
    """Return who asked for what and when, and the status of the answer."""
    request = dataclasses.replace(exchange.request, headers=(), body=b"")
    response = exchange.response
    if response is not None:
        response = dataclasses.replace(response, headers=(), body=b"", truncated=True)
    return dataclasses.replace(exchange, request=request, response=response)


def shortened(exchange: Exchange, limit: int) -> Exchange:
    """Return the exchange with at most `limit` bytes of each body."""
    request, response = exchange.request, exchange.response
    if len(request.body) > limit:
        request = dataclasses.replace(request, body=request.body[:limit])
    if response is not None and len(response.body) > limit:
        response = dataclasses.replace(response, body=response.body[:limit], truncated=True)
    if request is exchange.request and response is exchange.response:
        return exchange
    return dataclasses.replace(exchange, request=request, response=response)
