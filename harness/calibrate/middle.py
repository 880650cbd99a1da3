"""A proxy on loopback between the harness and a service, with real sockets on both sides: whatever stands there.

Requests pass byte for byte, odd ones too; what comes back is read, and may be changed, delayed or lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.model import Response
from harness.transport import TransportFailure, read_response
from harness.transport.framing import serialise_response

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LONGEST_HEAD = 256 * 1024
CHUNK = 64 * 1024
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset
END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request on its way: its method, its target, and its head byte for byte."""

    method: str
    target: str
    head: bytes

    def header(self, name: str) -> str | None:
        """Return the value of a header, None where there is none."""
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            key, colon, value = line.partition(":")
            if colon and key.lower() == name.lower():
                return value.strip()
        return None


class Middle:
    """Passes everything on as it is; what interferes overrides one of the two, and may keep counts of its own."""

    async def ask(self, asked: Asked) -> Asked | Response | None:
        """Return the request as it goes on, an answer in place of the service's, or None to reset the connection."""
        return asked

    async def tell(self, asked: Asked, response: Response) -> bytes:
        """Return the answer as it goes back."""
        return serialise_response(response, asked.method)


@contextlib.asynccontextmanager
async def standing(url: str, middle: Middle) -> AsyncIterator[str]:
    """Let `middle` stand before the service at `url`, and return the URL to use instead."""
    connections: set[asyncio.Task[None]] = set()
    host, port = urlsplit(url).hostname or "127.0.0.1", urlsplit(url).port or 80

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_Passage(middle, (host, port), reader, writer).serve())
        connections.add(task)
        task.add_done_callback(connections.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=LONGEST_HEAD)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


class _Passage:
    """One connection of a client, and the one to the service that belongs to it."""

    def __init__(
        self,
        middle: Middle,
        service: tuple[str, int],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._middle = middle
        self._service = service
        self._reader = reader
        self._writer = writer
        self._beyond: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def serve(self) -> None:
        """Pass requests on, one after the other, until a side has enough."""
        try:
            while await self._pass_one():
                await self._writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TransportFailure):
            self._reset()
        finally:
            self._writer.close()
            if self._beyond is not None:
                self._beyond[1].close()

    async def _pass_one(self) -> bool:
        """Return whether the connection may carry another request."""
        try:
            head = await self._reader.readuntil(END)
        except asyncio.IncompleteReadError as rest:
            if not rest.partial:
                return False
            head = rest.partial
        method, _, target = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
        asked = Asked(method=method, target=target.rpartition(" ")[0], head=head)
        onward = await self._middle.ask(asked)
        if onward is None:
            self._reset()
            return False
        if isinstance(onward, Response):
            self._writer.write(_last(await self._middle.tell(asked, onward)))
            return False
        response, again = await self._beyond_it(onward)
        answer = await self._middle.tell(asked, response)
        self._writer.write(answer if again else _last(answer))
        return again

    async def _beyond_it(self, asked: Asked) -> tuple[Response, bool]:
        """Send to the service what the client sends, until the service has answered."""
        if self._beyond is None:
            self._beyond = await asyncio.open_connection(*self._service, limit=LONGEST_HEAD)
        reader, writer = self._beyond
        writer.write(asked.head)
        body = asyncio.create_task(self._pump(writer))
        try:
            return await read_response(reader, asked.method)
        finally:
            body.cancel()
            await asyncio.gather(body, return_exceptions=True)

    async def _pump(self, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):  # it may have answered, and closed, before the end of a body
            while piece := await self._reader.read(CHUNK):
                writer.write(piece)
                await writer.drain()

    def _reset(self) -> None:
        with contextlib.suppress(OSError):
            self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._writer.transport.abort()


def _last(answer: bytes) -> bytes:
    """Return an answer that says it is the last one on its connection."""
    first, end, rest = answer.partition(b"\r\n")
    return first + end + b"Connection: close\r\n" + rest
