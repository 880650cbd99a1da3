"""Bare TCP servers for tests: they say exactly what they are told, and keep exactly what they were sent."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass(kw_only=True)
class Scripted:
    """A server that answers the n-th request of all with the n-th answer, the last one for ever.

    A request ends with its head, or with as many bytes after it as its Content-Length says. An empty answer ends the
    connection, `close` does so after each answer, `stall` never answers. `heads` and `connections` tell what came.
    """

    answers: Sequence[bytes] = (OK,)
    close: bool = False
    stall: bool = False
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk on one connection until the other side goes."""
        self.connections += 1
        try:
            while await self._answer(reader, writer) and not self.close:
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        self.heads.append(head + await reader.readexactly(length))
        if self.stall:
            await asyncio.sleep(60)
        answer = self.answers[min(len(self.heads), len(self.answers)) - 1]
        writer.write(answer)
        await writer.drain()
        return bool(answer)


@contextlib.asynccontextmanager
async def scripted(server: Scripted) -> AsyncIterator[Scripted]:
    """Run the server on a free loopback port."""
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(server.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
