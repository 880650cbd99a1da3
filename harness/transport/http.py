"""Ordinary requests, over httpx: pooled connections, no redirects followed, every size and time bounded."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx

from harness.model import Headers, Request, Response
from harness.transport.decoding import LIMIT, decode
from harness.transport.failure import TransportFailure

if TYPE_CHECKING:
    import ssl

    from harness.policy import Origin

KEPT = 16  # the pool looks at every idle connection before each request
KEEP_ALIVE = 2.0  # seconds; usual servers close an idle connection after 5, and a request must not meet that moment
KINDS: tuple[tuple[type[Exception], str], ...] = (
    (httpx.ConnectTimeout, "timeout"),
    (httpx.TimeoutException, "timeout"),
    (httpx.ConnectError, "refused"),
    (httpx.RemoteProtocolError, "protocol"),
    (httpx.NetworkError, "reset"),
    (httpx.HTTPError, "protocol"),
)


class HttpTransport:
    """One pool of connections to one origin."""

    def __init__(self, origin: Origin, *, connections: int = 64, verify: ssl.SSLContext | bool = True) -> None:
        self._url = origin.url
        self._client = httpx.AsyncClient(
            limits=httpx.Limits(
                max_connections=connections, max_keepalive_connections=KEPT, keepalive_expiry=KEEP_ALIVE
            ),
            follow_redirects=False,
            trust_env=False,
            verify=verify,
            timeout=httpx.Timeout(30.0),
        )

    async def send(self, request: Request, headers: Headers, *, timeout: float) -> Response:  # noqa: ASYNC109
        """Send the request with these headers, the whole exchange within `timeout` seconds; raise TransportFailure."""
        try:
            async with asyncio.timeout(timeout):
                return await self._exchange(self._build(request, headers))
        except TimeoutError as error:
            raise TransportFailure("timeout", f"no complete answer within {timeout:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError) as error:
            kind = next((kind for cls, kind in KINDS if isinstance(error, cls)), "protocol")
            raise TransportFailure(kind, str(error) or type(error).__name__) from error

    def _build(self, request: Request, headers: Headers) -> httpx.Request:
        url = httpx.URL(self._url, raw_path=request.target.encode("utf-8"))
        return httpx.Request(request.method, url, headers=_headers(headers), content=request.body or None)

    async def _exchange(self, built: httpx.Request) -> Response:
        response = await self._client.send(built, stream=True)
        try:
            received = bytearray()
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > LIMIT:
                    break
        finally:
            await response.aclose()
        headers = tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in response.headers.raw)
        body, truncated = decode(bytes(received), response.headers.get("content-encoding"))
        return Response(status=response.status_code, headers=headers, body=body, truncated=truncated)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()


def _headers(headers: Headers) -> list[tuple[bytes, bytes]]:
    defaults = {
        "accept": "*/*",
        "accept-encoding": "gzip, deflate",
        "user-agent": "harness",
        "connection": "keep-alive",
    }
    given = {name.lower() for name, _ in headers}
    merged = [*((name, value) for name, value in defaults.items() if name not in given), *headers]
    return [(name.encode("latin-1"), value.encode("utf-8")) for name, value in merged]
