"""Requests byte for byte, over fresh and kept connections and in bursts."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from harness.model import Request, Response
from harness.policy import Origin
from harness.transport import RawTransport, TransportFailure, serialise
from harness.transport.decoding import LIMIT
from tests.harness.transport.servers import OK, Scripted, scripted

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def _send(server: Scripted, payload: bytes = GET, *, method: str = "GET", timeout: float = 5.0) -> Response:  # noqa: ASYNC109
    return await RawTransport(Origin.parse(server.url)).send(payload, method=method, timeout=timeout)


async def _kind(server: Scripted, *, timeout: float = 5.0) -> str:  # noqa: ASYNC109
    with pytest.raises(TransportFailure) as caught:
        await _send(server, timeout=timeout)
    return caught.value.kind


def test_serialising_repairs_nothing() -> None:
    """Repeated and odd headers, a lower-case method and bytes that are no UTF-8 go out as they are."""
    request = Request(method="get", target="/a b", body=b"x")
    headers = (("X-A", "1"), ("X-A", "2"), ("X-B", "\udcff"), ("Content-Length", "7"))
    assert serialise(request, headers, "h:1") == (
        b"get /a b HTTP/1.1\r\nHost: h:1\r\nX-A: 1\r\nX-A: 2\r\nX-B: \xff\r\nContent-Length: 7\r\n"
        b"Connection: close\r\n\r\nx"
    )


def test_serialising_adds_what_framing_needs() -> None:
    """An empty POST has a Content-Length, a GET has none; a kept connection is not told to close."""
    assert b"Content-Length: 0" in serialise(Request(method="POST", target="/"), (), "h")
    assert b"Content-Length" not in serialise(Request(method="GET", target="/"), (), "h")
    assert b"Connection" not in serialise(Request(method="GET", target="/"), (), "h", keep=True)


async def test_headers_come_back_as_they_were() -> None:
    """Order, case and repeats of the response's headers are kept."""
    answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-B: \xe9\r\nset-cookie: b=2\r\nContent-Length: 0\r\n\r\n"
    async with scripted(Scripted(answers=[answer])) as server:
        response = await _send(server)
    assert response.headers[:3] == (("Set-Cookie", "a=1"), ("X-B", "\xe9"), ("set-cookie", "b=2"))
    assert response.all("set-cookie") == ("a=1", "b=2")


async def test_interim_answers_are_passed_over() -> None:
    """A 100 or 103 before the answer is not the answer."""
    async with scripted(Scripted(answers=[b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK])) as server:
        assert (await _send(server)).body == b"ok"


async def test_an_answer_to_head_has_no_body() -> None:
    """The length of a HEAD answer announces nothing that has to be waited for."""
    async with scripted(Scripted(answers=[b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"])) as server:
        assert (await _send(server, GET.replace(b"GET", b"HEAD"), method="HEAD")).body == b""


async def test_a_coded_body_is_decoded_within_a_bound() -> None:
    """Gzip is undone; a bomb stops at the limit and says so."""
    small, bomb = gzip.compress(b"hello"), gzip.compress(b"\0" * (LIMIT * 4))
    answers = [
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(data) + data
        for data in (small, bomb)
    ]
    async with scripted(Scripted(answers=answers)) as server:
        first, second = await _send(server), await _send(server)
    assert (first.body, first.truncated) == (b"hello", False)
    assert (len(second.body), second.truncated) == (LIMIT, True)


async def test_an_endless_body_is_cut() -> None:
    """Reading stops soon after the limit, whatever length is announced."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * (LIMIT * 2)
    async with scripted(Scripted(answers=[answer])) as server:
        response = await _send(server)
    assert response.truncated
    assert len(response.body) == LIMIT


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", "reset"),
        (b"nonsense\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "protocol"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\n", "protocol"),
    ],
    ids=["nothing", "nonsense", "cut off", "two lengths", "flood of headers"],
)
async def test_a_broken_answer_is_a_failure_of_a_kind(answer: bytes, kind: str) -> None:
    """No answer and a broken one are told apart, and neither hangs."""
    async with scripted(Scripted(answers=[answer], close=True)) as server:
        assert await _kind(server) == kind


async def test_silence_ends_in_a_timeout() -> None:
    """A server that never answers is given up after the time allowed."""
    async with scripted(Scripted(stall=True)) as server:
        assert await _kind(server, timeout=0.1) == "timeout"


async def test_nobody_listening_is_a_refusal() -> None:
    """A closed port is `refused`, and not reachable; an open one is reachable without a byte being sent."""
    async with scripted(Scripted()) as server:
        assert await RawTransport(Origin.parse(server.url)).reachable()
    assert server.heads == []
    assert await _kind(server) == "refused"
    assert not await RawTransport(Origin.parse(server.url)).reachable()


async def test_a_kept_connection_is_used_again() -> None:
    """With `keep` many requests share a connection; without it each has its own."""
    async with scripted(Scripted()) as server:
        transport = RawTransport(Origin.parse(server.url))
        for _ in range(3):
            await transport.send(GET, method="GET", timeout=5, keep=True)
        assert server.connections == 1
        await transport.send(GET, method="GET", timeout=5)
        assert server.connections == 2
        await transport.aclose()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        OK + b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\nok",
    ],
    ids=["says close", "old version", "more than one answer", "fails, as servers do that then close without a word"],
)
async def test_a_connection_that_may_not_be_kept_is_closed(answer: bytes) -> None:
    """What the server wants closed, and what has bytes left over, carries no second request."""
    async with scripted(Scripted(answers=[answer])) as server:
        transport = RawTransport(Origin.parse(server.url))
        for _ in range(2):
            assert (await transport.send(GET, method="GET", timeout=5, keep=True)).body == b"ok"
        assert server.connections == 2


async def test_a_connection_closed_meanwhile_is_replaced() -> None:
    """A kept connection that the server has closed costs no request."""
    async with scripted(Scripted(close=True)) as server:
        transport = RawTransport(Origin.parse(server.url))
        await transport.send(GET, method="GET", timeout=5, keep=True)
        await asyncio.sleep(0.05)
        assert (await transport.send(GET, method="GET", timeout=5, keep=True)).body == b"ok"
        await transport.aclose()


async def test_something_can_happen_between_the_bytes_of_a_burst() -> None:
    """By then every connection is open, and no answer can have come: the last byte is still held back."""
    seen: list[int] = []
    async with scripted(Scripted()) as server:

        async def between() -> None:
            await asyncio.sleep(0.2)
            seen.append(server.connections)

        answers = await RawTransport(Origin.parse(server.url)).burst([(GET, "GET")] * 3, timeout=5, between=between)
    assert seen == [3]
    assert all(isinstance(answer, Response) for answer in answers)


async def test_a_burst_answers_in_order() -> None:
    """Each shot of a burst has its own connection; answers come in the order of the shots, failures included."""
    async with scripted(Scripted()) as server:
        transport = RawTransport(Origin.parse(server.url))
        answers = await transport.burst([(GET, "GET")] * 8, timeout=5)
        assert [isinstance(answer, Response) and answer.body for answer in answers] == [b"ok"] * 8
        assert server.connections == 8
    refused = await transport.burst([(GET, "GET")] * 2, timeout=5)
    assert [isinstance(answer, TransportFailure) and answer.kind for answer in refused] == ["refused"] * 2
