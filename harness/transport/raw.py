"""Requests byte for byte over a bare socket: duplicate headers, odd framing, and synchronised bursts."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections import deque
from typing import TYPE_CHECKING

from harness.transport.decoding import LIMIT
from harness.transport.failure import TransportFailure
from harness.transport.reading import read_response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from harness.model import Headers, Request, Response
    from harness.policy import Origin

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_IDLE = 1.0  # seconds; common servers keep a silent connection for two to five


def serialise(request: Request, headers: Headers, authority: str, *, keep: bool = False) -> bytes:
    """Return the request as HTTP/1.1 bytes; nothing is checked or repaired, that is the point.

    Host, Content-Length and (unless `keep`) "Connection: close" are added where `headers` has none of that name.
    """
    given = {name.lower() for name, _ in headers}
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    if "host" not in given:
        lines.append(f"Host: {authority}")
    lines += [f"{name}: {value}" for name, value in headers]
    if (
        "content-length" not in given
        and "transfer-encoding" not in given
        and (request.body or request.method in {"POST", "PUT", "PATCH"})
    ):
        lines.append(f"Content-Length: {len(request.body)}")
    if not keep and "connection" not in given:
        lines.append("Connection: close")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + request.body


class RawTransport:
    """Connections to one origin: a fresh one for each request, or a kept one where the caller asks for it."""

    def __init__(self, origin: Origin, *, context: ssl.SSLContext | None = None) -> None:
        self._origin = origin
        self._tls = (context or ssl.create_default_context()) if origin.scheme == "https" else None
        self._idle: deque[tuple[float, Streams]] = deque()
        self._at_once: int | None = None

    def ease(self, at_once: int) -> None:
        """Send at most so many of a burst at one moment from now on, and the others after them."""
        self._at_once = at_once

    async def send(
        self,
        payload: bytes,
        *,
        method: str,
        timeout: float,  # noqa: ASYNC109
        keep: bool = False,
        limit: int = LIMIT,
    ) -> Response:
        """Write `payload`, read one response with at most `limit` bytes of its body; raise TransportFailure.

        With `keep` a connection of an earlier such call is used, and left open for the next one. A safe request that
        meets the moment in which the server closes it is sent once more, on a fresh one (RFC 9112, section 9.3.1).
        """
        kept = self._reusable() if keep else None
        if kept is None:
            return await self._exchange(await self._connect(timeout), payload, method, timeout, keep=keep, limit=limit)
        try:
            return await self._exchange(kept, payload, method, timeout, keep=keep, limit=limit)
        except TransportFailure as failure:
            if failure.kind != "reset" or method not in SAFE:
                raise
            return await self._exchange(await self._connect(timeout), payload, method, timeout, keep=keep, limit=limit)

    async def _exchange(
        self,
        streams: Streams,
        payload: bytes,
        method: str,
        timeout: float,  # noqa: ASYNC109
        *,
        keep: bool,
        limit: int,
    ) -> Response:
        again = False
        try:
            response, again = await self._finish(streams, payload, method, timeout, limit)
            again = again and not response.is_failure  # after an error, uvicorn and others close without a word
            return response
        finally:
            if keep and again:
                self._keep(streams)
            else:
                streams[1].close()

    async def reachable(self, timeout: float = 2.0) -> bool:  # noqa: ASYNC109
        """Whether the target accepts a connection; nothing is sent."""
        try:
            _, writer = await self._connect(timeout)
        except TransportFailure:
            return False
        writer.close()
        return True

    async def aclose(self) -> None:
        """Close every kept connection."""
        while self._idle:
            self._idle.pop()[1][1].close()

    def _keep(self, streams: Streams) -> None:
        """Keep a connection for the next request, and close those that were not needed for too long."""
        now = time.monotonic()
        while self._idle and now - self._idle[0][0] > MAX_IDLE:
            self._idle.popleft()[1][1].close()
        self._idle.append((now, streams))

    def _reusable(self) -> Streams | None:
        """Return a kept connection that was used a moment ago: a server may be closing an older one right now."""
        while self._idle:
            since, (reader, writer) = self._idle.pop()
            if time.monotonic() - since < MAX_IDLE and not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        return None

    async def burst(
        self,
        payloads: Sequence[tuple[bytes, str]],
        *,
        timeout: float,  # noqa: ASYNC109
        between: Callable[[], Awaitable[None]] | None = None,
    ) -> list[Response | TransportFailure]:
        """Send every (payload, method) at one moment: all but the last byte first, then all last bytes together.

        `between` is what happens meanwhile, while the target waits for the last bytes. Last-byte synchronisation, after
        J. Kettle, "Smashing the state machine" (2023).
        """
        answers: list[Response | TransportFailure] = []
        size = self._at_once or max(1, len(payloads))
        for start in range(0, max(1, len(payloads)), size):
            answers += await self._at_one_moment(payloads[start : start + size], timeout, between)
            between = None
        return answers

    async def _at_one_moment(
        self,
        payloads: Sequence[tuple[bytes, str]],
        timeout: float,  # noqa: ASYNC109 -- the bound of each exchange
        between: Callable[[], Awaitable[None]] | None,
    ) -> list[Response | TransportFailure]:
        connections = await asyncio.gather(*(self._connect(timeout) for _ in payloads), return_exceptions=True)
        opened = [streams for streams in connections if not isinstance(streams, BaseException)]
        try:
            for streams, (payload, _) in zip(connections, payloads, strict=True):
                if not isinstance(streams, BaseException):
                    streams[1].write(payload[:-1])
            await asyncio.gather(*(writer.drain() for _, writer in opened), return_exceptions=True)
            if between is not None:
                await between()
            return await asyncio.gather(
                *(
                    self._last_byte(streams, payload, method, timeout)
                    for streams, (payload, method) in zip(connections, payloads, strict=True)
                )
            )
        finally:
            for _, writer in opened:
                writer.close()

    async def _last_byte(
        self,
        streams: Streams | BaseException,
        payload: bytes,
        method: str,
        timeout: float,  # noqa: ASYNC109
    ) -> Response | TransportFailure:
        if isinstance(streams, TransportFailure):
            return streams
        if isinstance(streams, BaseException):
            raise streams
        try:
            return (await self._finish(streams, payload[-1:], method, timeout))[0]
        except TransportFailure as failure:
            return failure

    async def _connect(self, timeout: float) -> Streams:  # noqa: ASYNC109
        try:
            async with asyncio.timeout(timeout):
                return await asyncio.open_connection(
                    self._origin.host,
                    self._origin.port,
                    ssl=self._tls,
                    server_hostname=self._origin.host if self._tls else None,
                )
        except TimeoutError as error:
            raise TransportFailure("timeout", f"no connection within {timeout:g} s") from error
        except ssl.SSLError as error:
            raise TransportFailure("tls", str(error)) from error
        except OSError as error:
            raise TransportFailure("refused", str(error)) from error

    async def _finish(
        self,
        streams: Streams,
        payload: bytes,
        method: str,
        timeout: float,  # noqa: ASYNC109
        limit: int = LIMIT,
    ) -> tuple[Response, bool]:
        reader, writer = streams
        try:
            async with asyncio.timeout(timeout):
                with contextlib.suppress(ConnectionError):  # it may answer, and close, before it has read everything
                    writer.write(payload)
                    await writer.drain()
                return await read_response(reader, method, limit)
        except TimeoutError as error:
            raise TransportFailure("timeout", f"no complete answer within {timeout:g} s") from error
        except OSError as error:
            raise TransportFailure("reset", str(error)) from error
