"""A listener on loopback that notes who comes by: only what runs on this machine can."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HOST = "127.0.0.1"
HEAD_SECONDS = 5.0
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


@dataclass(slots=True)
class Listener:
    """Addresses that nobody knows but whoever was told, and which of them somebody has asked for."""

    port: int = 0
    _asked: dict[str, asyncio.Event] = field(default_factory=dict)

    def address(self) -> str:
        """Return a new address, of 64 random bits."""
        token = secrets.token_hex(8)
        self._asked[token] = asyncio.Event()
        return f"http://{HOST}:{self.port}/{token}"

    async def asked_for(self, address: str, seconds: float) -> bool:
        """Whether somebody asks for the address within this time, or has."""
        event = self._asked[address.rpartition("/")[2]]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)
        return event.is_set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Note what one connection asks for in its first line, and answer it."""
        with contextlib.suppress(OSError, ValueError, TimeoutError):
            line = await asyncio.wait_for(reader.readline(), HEAD_SECONDS)
            for token, event in self._asked.items():
                if token.encode() in line:
                    event.set()
            writer.write(ANSWER)
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """Listen on a free port while the block runs."""
    listener = Listener()
    server = await asyncio.start_server(listener.serve, HOST, 0)
    listener.port = server.sockets[0].getsockname()[1]
    try:
        yield listener
    finally:
        server.close()
