"""A server that answers every request with the same bytes, as cheaply as Python can: the far end for generators."""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop

_ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"status": "ok"}'


class _Constant(asyncio.Protocol):
    """One connection: requests without a body, counted by their blank lines."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember whom to answer."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer each request in these bytes."""
        self._transport.write(_ANSWER * data.count(b"\r\n\r\n"))


async def main() -> None:
    """Listen on a free loopback port, say which, and serve until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Constant, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(main())
