"""Ordinary requests: well-formed, over kept connections, no redirects followed, every size and time bounded."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from harness.transport.decoding import LIMIT
from harness.transport.failure import TransportFailure
from harness.transport.raw import RawTransport, serialise

if TYPE_CHECKING:
    from harness.model import Headers, Request, Response
    from harness.policy import Origin

CONNECTIONS = 64
DEFAULTS: Headers = (
    ("Accept", "*/*"),
    ("Accept-Encoding", "gzip, deflate"),
    ("Connection", "keep-alive"),
    ("User-Agent", "harness"),
)
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
VALUE = re.compile(r"(?:[^\x00-\x20\x7f](?:[^\x00-\x08\x0a-\x1f\x7f]*[^\x00-\x20\x7f])?)?")  # section 5.5
TARGET = re.compile(r"[\x21-\x7e]+")


class HttpTransport:
    """One pool of connections to one origin; what is not HTTP never leaves, the raw transport is for that."""

    def __init__(self, origin: Origin, *, connections: int = CONNECTIONS) -> None:
        self._authority = origin.authority
        self._wire = RawTransport(origin)
        self._slots = asyncio.Semaphore(connections)

    async def send(
        self,
        request: Request,
        headers: Headers,
        *,
        timeout: float,  # noqa: ASYNC109
        limit: int = LIMIT,
    ) -> Response:
        """Send the request with these headers, the whole exchange within `timeout` seconds; raise TransportFailure.

        At most `limit` bytes of the body are read.
        """
        given = {name.lower() for name, _ in headers}
        complete = (*(pair for pair in DEFAULTS if pair[0].lower() not in given), *headers)
        _refuse_malformed(request, complete)
        payload = serialise(request, complete, self._authority, keep=True)
        try:
            async with self._slots, asyncio.timeout(timeout):
                return await self._wire.send(payload, method=request.method, timeout=timeout, keep=True, limit=limit)
        except TimeoutError as error:
            raise TransportFailure("timeout", f"no complete answer within {timeout:g} s") from error

    def ease(self, connections: int) -> None:
        """Send at most so many requests at once from now on; those on their way are not counted."""
        self._slots = asyncio.Semaphore(connections)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._wire.aclose()


def _refuse_malformed(request: Request, headers: Headers) -> None:
    """Raise TransportFailure for what HTTP/1.1 has no form for."""
    try:
        request.target.encode("ascii")
        "".join(value for _, value in headers).encode()
    except UnicodeEncodeError as error:
        raise TransportFailure("protocol", f"cannot be written as HTTP/1.1: {error}") from error
    if not TOKEN.fullmatch(request.method) or not TARGET.fullmatch(request.target):
        raise TransportFailure("protocol", f"cannot be written as HTTP/1.1: {request.method!r} {request.target[:80]!r}")
    for name, value in headers:
        if not TOKEN.fullmatch(name) or not VALUE.fullmatch(value):
            raise TransportFailure("protocol", f"cannot be written as HTTP/1.1: the header {name!r}")
