"""The listening side of HTTP/1.1: requests off a stream byte for byte, responses back as they came."""

from __future__ import annotations

import asyncio
from http.client import responses as REASONS  # noqa: N812 - a table of constants
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.model import Headers, Response

MAX_HEAD = 64 * 1024
MAX_BODY = 32 * 1024 * 1024
DECODED = frozenset({"gzip", "x-gzip", "deflate"})  # by `decoding`
PER_CONNECTION = frozenset({"connection", "keep-alive", "proxy-connection", "transfer-encoding", "trailer", "upgrade"})
BODILESS = frozenset({204, 304})


class MalformedRequest(Exception):
    """What came is not an HTTP/1.1 request that can be framed in one way only."""


async def read_head(reader: asyncio.StreamReader) -> tuple[str, str, str, Headers] | None:
    """Return method, target, version and headers byte for byte (bytes that are no UTF-8 as surrogates)."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("utf-8", "surrogateescape")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise MalformedRequest from error
        return None
    except asyncio.LimitOverrunError as error:
        raise MalformedRequest from error
    first, *lines = head[:-4].split("\r\n")
    match first.split(" "):
        case [method, target, ("HTTP/1.0" | "HTTP/1.1") as version]:
            return method, target, version, tuple(_field(line) for line in lines)
    raise MalformedRequest


def _field(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name or name != name.strip():
        raise MalformedRequest
    return name, value.strip(" \t")


async def read_body(reader: asyncio.StreamReader, headers: Headers) -> bytes:
    """Return what follows the head, byte for byte; a body that could end in two places (RFC 9112, 6.3) is refused."""
    lengths = {value for name, value in headers if name.lower() == "content-length"}
    codings = [value.lower() for name, value in headers if name.lower() == "transfer-encoding"]
    if codings:
        if lengths or codings != ["chunked"]:
            raise MalformedRequest
        return await _read_chunks(reader)
    if not lengths:
        return b""
    length = lengths.pop()
    if lengths or not (length.isascii() and length.isdecimal()) or int(length) > MAX_BODY:
        raise MalformedRequest
    return await reader.readexactly(int(length))


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    framed = bytearray()
    size = 1
    while size:
        line = await reader.readline()
        framed += line
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError as error:
            raise MalformedRequest from error
        if size < 0 or len(framed) + size > MAX_BODY:
            raise MalformedRequest
        if size:
            framed += await reader.readexactly(size + 2)
    while (line := await reader.readline()) not in {b"\r\n", b""}:
        framed += line
    return bytes(framed + line)


def serialise_response(response: Response, method: str) -> bytes:
    """Return the response as it came, but for what belongs to a connection and for codings already undone."""
    decoded = (response.header("content-encoding") or "").strip().lower() in DECODED
    dropped = PER_CONNECTION | ({"content-encoding", "content-length"} if decoded else set())
    headers = [(name, value) for name, value in response.headers if name.lower() not in dropped]
    unsized = not any(name.lower() == "content-length" for name, _ in headers)
    if unsized and method != "HEAD" and response.status not in BODILESS:
        headers.append(("Content-Length", str(len(response.body))))
    lines = [
        f"HTTP/1.1 {response.status} {REASONS.get(response.status, '')}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + response.body
