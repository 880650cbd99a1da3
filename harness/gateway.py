"""A loopback listener in front of the client, for generators of requests that are not ours."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.client import phase as current_phase
from harness.errors import BudgetExhausted, OutOfScope
from harness.model import ANONYMOUS, Exchange, Headers, Identity, Request
from harness.transport.framing import MAX_HEAD, MalformedRequest, read_body, read_head, serialise_response

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from harness.client import Client


def new_handle() -> str:
    """Return an unguessable stand-in for a credential, worth nothing anywhere else."""
    return f"handle-{secrets.token_hex(16)}"


@dataclass(kw_only=True)
class Gateway:
    """An open gateway, and what has passed it so far.

    `url` has no path: the path that a generator asks for is the path on the target. `counts` has the keys forwarded,
    anonymous (forwarded without a handle), refused (scope, or `refuse`), budget, failed (no answer from the target),
    oversized and malformed; what is not forwarded, or not answered, ends in an aborted connection, never in a status.
    `statuses` counts answers by operation id, `correlated` has exchange ids by the value of the header `correlation`.
    """

    client: Client
    handles: Mapping[str, Identity] = field(repr=False)
    phase: str
    operation_of: Callable[[str, str], str | None] = lambda _method, _target: None
    refuse: Callable[[Request], str | None] = lambda _request: None
    correlation: str | None = None
    url: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    correlated: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    exhausted: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after the other."""
        current_phase.set(self.phase)
        try:
            while await self._serve_one(reader, writer):
                await writer.drain()
        except MalformedRequest:
            self.counts["malformed"] += 1
            writer.transport.abort()
        except (OSError, asyncio.IncompleteReadError):
            writer.transport.abort()
        finally:
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Return whether the connection may carry another request."""
        head = await read_head(reader)
        if head is None:
            return False
        method, target, version, headers = head
        if (method, version, headers) == ("HEAD", "HTTP/1.0", ()):
            return await self._probe(writer)
        if any(name.lower() == "expect" for name, _ in headers):
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await read_body(reader, headers)
        exchange = await self._forward(method, target, headers, body)
        if exchange is None or exchange.response is None or exchange.response.truncated:
            writer.transport.abort()
            return False
        writer.write(serialise_response(exchange.response, method))
        return version == "HTTP/1.1" and not any(
            name.lower() == "connection" and "close" in value.lower() for name, value in headers
        )

    async def _probe(self, writer: asyncio.StreamWriter) -> bool:
        """Answer a generator that asks, after a reset, whether anything is still there (Schemathesis does)."""
        if await self.client.raw.reachable():
            writer.write(b"HTTP/1.0 204 No Content\r\n\r\n")
        else:
            writer.transport.abort()
        return False

    async def _forward(self, method: str, target: str, received: Headers, body: bytes) -> Exchange | None:
        identity, headers = self._resolve(received)
        operation = self.operation_of(method, target)
        request = Request(method=method, target=target, headers=headers, body=body, operation=operation)
        if self.refuse(request) is not None:
            self.counts["refused"] += 1
            return None
        try:
            exchange = await self.client.send(identity, request, purpose="fuzz", raw=True, keep=True)
        except OutOfScope:
            self.counts["refused"] += 1
            return None
        except BudgetExhausted:
            self.counts["budget"] += 1
            self.exhausted.set()
            return None
        self._count(identity, received, exchange)
        return exchange

    def _resolve(self, received: Headers) -> tuple[Identity, Headers]:
        """Return whose handle the request carries, and its headers without it, as they go to the target."""
        identity, headers = ANONYMOUS, []
        for name, value in received:
            owner = next((identity for handle, identity in self.handles.items() if handle in value), None)
            if owner is not None:
                identity = owner
            elif name.lower() == "host":
                headers.append((name, self.client.policy.origin.authority))
            elif name.lower() == "accept-encoding" and ("br" in value or "zstd" in value):
                headers.append((name, "gzip, deflate"))  # what watchers can look into
            elif name.lower() not in {"connection", "keep-alive", "proxy-connection", "expect"}:
                headers.append((name, value))
        return identity, tuple(headers)

    def _count(self, identity: Identity, received: Headers, exchange: Exchange) -> None:
        self.counts["forwarded"] += 1
        self.counts["anonymous"] += identity is ANONYMOUS
        self.counts["failed"] += exchange.response is None
        self.counts["oversized"] += exchange.response is not None and exchange.response.truncated
        if exchange.status is not None and exchange.request.operation is not None:
            self.statuses[exchange.request.operation][exchange.status] += 1
        for name, value in received:
            if self.correlation is not None and name.lower() == self.correlation.lower():
                self.correlated[value].append(exchange.id)


@contextlib.asynccontextmanager
async def gateway(
    client: Client,
    handles: Mapping[str, Identity],
    *,
    phase: str,
    operation_of: Callable[[str, str], str | None] = lambda _method, _target: None,
    refuse: Callable[[Request], str | None] = lambda _request: None,
    correlation: str | None = None,
) -> AsyncIterator[Gateway]:
    """Listen on a free loopback port while the block runs.

    A header that holds one of `handles` is replaced by the credential of its identity; a request without one goes out
    as it is. Each request passes the policy of the client and is recorded as `phase`; `refuse` may name a reason why
    one must not be sent, `operation_of` the operation that method and target belong to.
    """
    opened = Gateway(
        client=client,
        handles=handles,
        phase=phase,
        operation_of=operation_of,
        refuse=refuse,
        correlation=correlation,
    )
    connections: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(opened.serve(reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=MAX_HEAD)
    opened.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield opened
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
