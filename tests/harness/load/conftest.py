"""Loopback servers that behave as they are told, and leases that shoot at them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import pytest_asyncio

from harness.load import Lease, Shot
from harness.model import Identity, Request

if TYPE_CHECKING:
    import ssl

SECRET = "Bearer sesame-7f3a91"


@dataclass(kw_only=True)
class Received:
    """One request as the server got it."""

    method: str
    target: str
    head: bytes
    body: bytes


@dataclass(kw_only=True)
class Server:
    """Where a server listens, and everything it was sent."""

    base_url: str = ""
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    hit: asyncio.Event = field(default_factory=asyncio.Event)


Answer = Callable[[Received], Awaitable[bytes]]


class Serve(Protocol):
    """Starts a server that answers as told."""

    async def __call__(self, answer: Answer, *, tls: ssl.SSLContext | None = None) -> Server:
        """Return the running server."""


def respond(status: int = 200, body: bytes = b"hello", *headers: str) -> bytes:
    """Return the bytes of a response."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def hello(_: Received) -> bytes:
    """Answer 200 at once."""
    return respond()


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start loopback servers, and end them with the test."""
    listeners: list[asyncio.Server] = []

    async def start(answer: Answer, *, tls: ssl.SSLContext | None = None) -> Server:
        server = Server()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            server.connections += 1
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                while True:
                    server.received.append(request := await _read(reader))
                    server.hit.set()
                    writer.write(await answer(request))
                    await writer.drain()
            writer.close()

        listener = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
        listeners.append(listener)
        port = listener.sockets[0].getsockname()[1]
        server.base_url = f"http{'s' if tls else ''}://127.0.0.1:{port}"
        return server

    yield start
    for listener in listeners:
        listener.close()
    await asyncio.sleep(0.01)  # let the conversations notice that their clients are gone


async def _read(reader: asyncio.StreamReader) -> Received:
    head = await reader.readuntil(b"\r\n\r\n")
    method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].partition(b":")[2]) if lengths else 0
    return Received(method=method, target=target, head=head, body=await reader.readexactly(length))


def shot(target: str = "/things", *, method: str = "GET", user: str = "alice", body: bytes = b"", **more: Any) -> Shot:
    """Return a shot; its operation is its method and target."""
    request = Request(method=method, target=target, body=body)
    return Shot(operation=f"{method} {target}", request=request, user=user, **more)


def lease(base_url: str, *shots: Shot, rate: float = 40, seconds: float = 0.5, **more: Any) -> Lease:
    """Return a short lease for Alice, who has a secret, and Bob."""
    alice = Identity(name="alice", headers=(("Authorization", SECRET),), cookies=(("session", "s3cret-cookie"),))
    settings = {"cap": 100000, "seed": 7, "arrivals": "uniform", **more}
    return Lease(
        base_url=base_url,
        shots=shots or (shot(),),
        identities=(alice, Identity(name="bob")),
        rate=rate,
        seconds=seconds,
        **settings,
    )
