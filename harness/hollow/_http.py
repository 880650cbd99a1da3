"""A small HTTP/1.1 server that can also misbehave: it lies, drips, resets and never ends, as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import http
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

MAX_HEAD = 256 * 1024
MAX_BODY = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came in."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def header(self, name: str) -> str:
        """Return the first value of a header, empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back.

    `stream` replaces everything else by raw bytes, head included, after which the connection is closed; `delay` is in
    seconds; `reset` tears the connection down without an answer.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    delay: float = 0.0
    stream: AsyncIterator[bytes] | None = None
    reset: bool = False


def as_json(value: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Return an answer with a JSON body."""
    body = b"" if status == http.HTTPStatus.NO_CONTENT else json.dumps(value).encode()
    return Answer(status=status, headers=(("Content-Type", "application/json"), *headers), body=body)


@contextlib.asynccontextmanager
async def listening(answer: Callable[[Asked], Answer], *, port: int = 0) -> AsyncIterator[int]:
    """Listen on the loopback interface (0 takes a free port), yield the port, and end every connection afterwards."""
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_converse(reader, writer, answer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", port, limit=MAX_HEAD)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        left = list(connections)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0)


async def _converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Callable[[Asked], Answer]
) -> None:
    try:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while await _exchange(reader, writer, answer):
                pass
    finally:
        writer.transport.abort()


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Callable[[Asked], Answer]
) -> bool:
    """Read a request and answer it; return whether the connection can be used again."""
    asked = await _read(reader)
    said = Answer(status=400, body=b"{}") if asked is None else answer(asked)
    await asyncio.sleep(said.delay)
    if said.reset:
        return False
    if said.stream is not None:
        async for part in said.stream:
            writer.write(part)
            await writer.drain()
        return False
    writer.write(_head(said) + (b"" if asked is not None and asked.method == "HEAD" else said.body))
    await writer.drain()
    return asked is not None and asked.header("Connection").lower() != "close"


def _head(said: Answer) -> bytes:
    phrase = http.HTTPStatus(said.status).phrase
    lines = [f"HTTP/1.1 {said.status} {phrase}", *(f"{name}: {value}" for name, value in said.headers)]
    if said.status != http.HTTPStatus.NO_CONTENT:
        lines.append(f"Content-Length: {len(said.body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    """Return the request, or None for what is not one."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
    parts = first.split(" ")
    headers = tuple((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    if len(parts) != 3:  # noqa: PLR2004 -- method, target, version
        return None
    asked = Asked(method=parts[0], target=parts[1], headers=headers)
    try:
        body = await _body(reader, asked)
    except ValueError:
        return None
    return Asked(method=asked.method, target=asked.target, headers=headers, body=body)


async def _body(reader: asyncio.StreamReader, asked: Asked) -> bytes:
    if "chunked" not in asked.header("Transfer-Encoding").lower():
        return await reader.readexactly(min(int(asked.header("Content-Length") or "0"), MAX_BODY))
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).strip().partition(b";")[0], 16):
        body += (await reader.readexactly(min(size, MAX_BODY) + 2))[:-2]
    while (await reader.readuntil(b"\r\n")).strip():
        pass
    return body
