"""Announces a megabyte, sends two bytes and hangs up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.hollow._http import Answer, Asked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.hollow._world import World

ALL = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1048576\r\n\r\n{}"


def answer(_: Asked, world: World) -> Answer:  # noqa: ARG001 -- every target has this signature
    """Promise more than there is."""
    return Answer(stream=_two_bytes())


async def _two_bytes() -> AsyncIterator[bytes]:
    yield ALL
