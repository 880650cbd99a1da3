"""Latencies of one request after another, and what of them noise hardly moves."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.lab import Lab
    from harness.model import Exchange, Identity, Request


async def series(lab: Lab, user: Identity, request: Request, count: int) -> list[Exchange]:
    """Send a request `count` times, one after the other."""
    return [await lab.send(user, request, purpose="timing") for _ in range(count)]


def milliseconds(exchanges: list[Exchange]) -> list[float]:
    """Return how long each took."""
    return [(exchange.done - exchange.sent) * 1000 for exchange in exchanges]


def low(exchanges: list[Exchange]) -> float:
    """Return the tenth percentile in milliseconds: a busy machine lengthens many requests, hardly all of them."""
    return statistics.quantiles(milliseconds(exchanges), n=10)[0]


def middle(exchanges: list[Exchange]) -> float:
    """Return the median in milliseconds."""
    return statistics.median(milliseconds(exchanges))
