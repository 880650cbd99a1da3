"""Ordinary requests: pooled, bounded, never redirected."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from harness.model import Headers, Request, Response
from harness.policy import Origin
from harness.transport import HttpTransport, TransportFailure
from harness.transport.decoding import LIMIT, decode
from tests.harness.transport.servers import OK, Scripted, scripted

if TYPE_CHECKING:
    from collections.abc import Sequence

BOMB = gzip.compress(b"\0" * (LIMIT * 4))


async def _send(
    server: Scripted,
    *requests: Request,
    headers: Headers = (),
    timeout: float = 5.0,  # noqa: ASYNC109 - handed on
) -> Sequence[Response]:
    transport = HttpTransport(Origin.parse(server.url))
    try:
        return [await transport.send(request, headers, timeout=timeout) for request in requests]
    finally:
        await transport.aclose()


async def test_connections_are_pooled_and_headers_kept() -> None:
    """Two requests share a connection; repeated response headers keep order and case."""
    answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 0\r\n\r\n"
    async with scripted(Scripted(answers=[answer])) as server:
        first, _ = await _send(server, *[Request(method="GET", target="/a?b=%2F")] * 2, headers=(("X-A", "é"),))
    assert first.headers[:2] == (("Set-Cookie", "a=1"), ("set-cookie", "b=2"))
    assert server.connections == 1
    assert server.heads[0].startswith(b"GET /a?b=%2F HTTP/1.1\r\n")
    assert "X-A: é".encode() in server.heads[0]


async def test_a_read_that_meets_the_end_of_a_kept_connection_is_sent_again() -> None:
    """A server may close a kept connection just when a request is on its way: a safe one goes out on a fresh one."""
    async with scripted(Scripted(answers=[OK, b"", OK])) as server:
        _, second = await _send(server, *[Request(method="GET", target="/")] * 2)
    assert (second.body, server.connections, len(server.heads)) == (b"ok", 2, 3)


async def test_a_write_is_never_sent_twice() -> None:
    """What may have changed something counts as failed: whether it did is for the caller to see."""
    async with scripted(Scripted(answers=[OK, b"", OK])) as server:
        with pytest.raises(TransportFailure, match="reset"):
            await _send(server, *[Request(method="POST", target="/")] * 2)
    assert len(server.heads) == 2


async def test_a_redirect_is_an_answer() -> None:
    """A redirect is returned, never followed: where it leads may be out of scope."""
    answer = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    async with scripted(Scripted(answers=[answer])) as server:
        (response,) = await _send(server, Request(method="GET", target="/"))
    assert (response.status, response.header("location"), len(server.heads)) == (302, "/elsewhere", 1)


async def test_a_bomb_stops_at_the_limit() -> None:
    """What unpacks to more than the limit is cut and marked."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB)
    async with scripted(Scripted(answers=[head + BOMB])) as server:
        (response,) = await _send(server, Request(method="GET", target="/"))
    assert (len(response.body), response.truncated) == (LIMIT, True)


@pytest.mark.parametrize(
    ("server", "kind"),
    [
        (Scripted(answers=[b"nonsense\r\n\r\n"], close=True), "protocol"),
        (Scripted(answers=[b""], close=True), "reset"),
        (Scripted(stall=True), "timeout"),
    ],
    ids=["nonsense", "nothing", "silence"],
)
async def test_what_goes_wrong_has_a_kind(server: Scripted, kind: str) -> None:
    """A broken answer and silence are failures, within the time allowed."""
    async with scripted(server):
        with pytest.raises(TransportFailure) as caught:
            await _send(server, Request(method="GET", target="/"), timeout=0.3)
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("target", "headers"),
    [("/\x00", ()), ("/", (("X-A", "a\r\nX-B: b"),)), ("/", (("X-A", "\udcff"),)), ("/\udcff", ())],
    ids=["NUL in the target", "line break in a header", "no UTF-8 in a header", "no UTF-8 in the target"],
)
async def test_what_cannot_be_sent_is_a_failure_not_a_crash(target: str, headers: Headers) -> None:
    """A request that the library will not write ends as a failure of the exchange; the raw transport is for these."""
    async with scripted(Scripted()) as server:
        with pytest.raises(TransportFailure, match="protocol"):
            await _send(server, Request(method="GET", target=target), headers=headers)
    assert server.heads == []


@pytest.mark.parametrize("coding", [None, "identity", "br", ""])
def test_an_unknown_coding_is_left_alone(coding: str | None) -> None:
    """What is not gzip or deflate is returned as it came."""
    assert decode(b"abc", coding) == (b"abc", False)


def test_a_lying_coding_is_marked() -> None:
    """A body that is not what its coding says comes back raw, and marked as not decoded."""
    assert decode(b"plain", "gzip") == (b"plain", True)
    assert decode(b"plain", "deflate") == (b"plain", True)
