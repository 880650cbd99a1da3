"""What a service prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence

CHUNK = 65536
KEPT = 1000
TAIL = 30


async def drain(stream: asyncio.StreamReader | None, log: list[str]) -> None:
    """Read until the end, whatever the length of a line: a service whose pipe is full stands still."""
    rest = b""
    while stream is not None and (chunk := await stream.read(CHUNK)):
        *lines, rest = (rest + chunk).split(b"\n")
        log += [line[:CHUNK].decode("utf-8", "replace").rstrip() for line in lines]
        rest = rest[:CHUNK]
        del log[:-KEPT]


def tail(log: Sequence[str]) -> str:
    """Return the last lines, as they stand in a message."""
    return "\n  ".join(log[-TAIL:]) or "(it printed nothing)"
