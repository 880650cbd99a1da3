"""A real client for tests: policy, recorder and both transports, with wide bounds."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from harness.client import Client
from harness.policy import Budget, Origin, Policy
from harness.recording import Recorder
from harness.transport import HttpTransport, RawTransport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@contextlib.asynccontextmanager
async def open_client(url: str, *, requests: int = 100_000, per_second: float = 10_000.0) -> AsyncIterator[Client]:
    """Yield a client pinned to `url`, and close it."""
    origin = Origin.parse(url)
    budget = Budget(requests=requests, seconds=600.0, per_second=per_second)
    client = Client(
        policy=Policy(origin=origin, budget=budget),
        recorder=Recorder(),
        http=HttpTransport(origin),
        raw=RawTransport(origin),
    )
    try:
        yield client
    finally:
        await client.aclose()
