"""Sends a body that never ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.hollow._http import Answer, Asked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.hollow._world import World

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNK = b"10000\r\n" + b" " * 65536 + b"\r\n"


def answer(_: Asked, world: World) -> Answer:  # noqa: ARG001 -- every target has this signature
    """Never stop talking."""
    return Answer(stream=_endless())


async def _endless() -> AsyncIterator[bytes]:
    yield HEAD
    while True:
        yield CHUNK
