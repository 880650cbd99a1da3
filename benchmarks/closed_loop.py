"""A cheap closed-loop generator: a fixed number of connections, each sends its next request when it has its answer."""

from __future__ import annotations

import asyncio
import math
import re
import time
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class Tally:
    """The latencies, in seconds, of the answers with status 200, how many others there were, and the time it took."""

    latencies: list[float] = field(default_factory=list)
    others: int = 0
    seconds: float = 0.0

    @property
    def p95(self) -> float:
        """The 95th percentile of the latencies."""
        return sorted(self.latencies)[math.ceil(0.95 * len(self.latencies)) - 1]


async def hammer(base_url: str, target: str, token: str, *, connections: int, seconds: float) -> Tally:
    """Send GET requests for so long; answers must have a content length."""
    parts = urlsplit(base_url)
    lines = [f"GET {target} HTTP/1.1", f"Host: {parts.netloc}", f"Authorization: Bearer {token}", "", ""]
    request = "\r\n".join(lines).encode()
    tally, loop = Tally(), asyncio.get_running_loop()
    began = time.perf_counter()
    opened = [
        await loop.create_connection(lambda: _Connection(request, tally), parts.hostname or "", parts.port or 80)
        for _ in range(connections)
    ]
    await asyncio.sleep(seconds)
    tally.seconds = time.perf_counter() - began
    for transport, _ in opened:
        transport.abort()
    return tally


class _Connection(asyncio.Protocol):
    """One connection with at most one request under way."""

    def __init__(self, request: bytes, tally: Tally) -> None:
        self._request, self._tally = request, tally
        self._received, self._sent = b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Count the answer when it is whole, and send again."""
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head) if end else None
        if length is None or len(body) < int(length[1]):
            return
        if head.startswith(b"HTTP/1.1 200 "):
            self._tally.latencies.append(time.perf_counter() - self._sent)
        else:
            self._tally.others += 1
        self._send()

    def _send(self) -> None:
        self._received, self._sent = b"", time.perf_counter()
        self._transport.write(self._request)
