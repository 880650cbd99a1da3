"""Sends one byte of its body every second."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.hollow._http import Answer, Asked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.hollow._world import World

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 86400\r\n\r\n"


def answer(_: Asked, world: World) -> Answer:  # noqa: ARG001 -- every target has this signature
    """Keep hope alive."""
    return Answer(stream=_drip())


async def _drip() -> AsyncIterator[bytes]:
    yield HEAD
    while True:
        await asyncio.sleep(1.0)
        yield b" "
