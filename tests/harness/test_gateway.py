"""The gateway: handles become credentials, everything else passes as it is, refusals are no answers."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

from harness.gateway import Gateway, gateway, new_handle
from harness.model import Identity
from harness.transport.decoding import LIMIT
from tests.harness.clients import open_client
from tests.harness.transport.servers import OK, Scripted, scripted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ALICE = Identity(name="alice", headers=(("X-Api-Key", "alice-secret"),), cookies=(("sid", "cookie-secret"),))
HANDLE = new_handle()


@contextlib.asynccontextmanager
async def _open(server: Scripted, *, path: str = "", requests: int = 1000) -> AsyncIterator[Gateway]:
    async with (
        scripted(server),
        open_client(server.url + path, requests=requests) as client,
        gateway(
            client,
            {HANDLE: ALICE},
            phase="fuzz",
            operation_of=lambda method, target: f"{method} {target}",
            refuse=lambda request: "no" if request.target == "/never" else None,
            correlation="X-Case",
        ) as opened,
    ):
        yield opened


async def _say(opened: Gateway, payload: bytes) -> bytes:
    """Return everything that comes back on one connection, empty when it is aborted."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(opened.url).port)
    try:
        writer.write(payload)
        async with asyncio.timeout(5):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def _request(*headers: bytes, line: bytes = b"GET /x HTTP/1.1", body: bytes = b"") -> bytes:
    return b"\r\n".join((line, b"Host: gateway", b"Connection: close", *headers, b"", body))


@pytest.mark.parametrize(
    "header",
    ["Authorization: Bearer {}", "X-Api-Key: {}", "x-api-key: {}", "Cookie: other=1; sid={}", "X-User: <{}>"],
)
async def test_a_handle_becomes_the_credential_of_its_identity(header: str) -> None:
    """Wherever a generator puts the handle, that header goes and the identity's own headers and cookies come."""
    server = Scripted()
    async with _open(server) as opened:
        assert (await _say(opened, _request(header.format(HANDLE).encode()))).endswith(b"ok")
        (exchange,) = opened.client.recorder.exchanges.values()
    assert HANDLE.encode() not in server.heads[0]
    assert server.heads[0].lower().count(b"x-api-key:") == 1
    assert b"X-Api-Key: alice-secret\r\n" in server.heads[0]
    assert b"Cookie: sid=cookie-secret\r\n" in server.heads[0]
    assert (exchange.user, exchange.phase, exchange.purpose, exchange.request.operation) == (
        "alice",
        "fuzz",
        "fuzz",
        "GET /x",
    )


async def test_other_credentials_pass_as_they_are() -> None:
    """Without a handle nothing is added: what a generator makes up reaches the target, as the anonymous user."""
    server = Scripted()
    async with _open(server) as opened:
        await _say(opened, _request(b"Authorization: Bearer made-up", b"Cookie: sid=made-up"))
        assert opened.counts["anonymous"] == 1
        (exchange,) = opened.client.recorder.exchanges.values()
    assert b"secret" not in server.heads[0]
    assert b"Authorization: Bearer made-up\r\nCookie: sid=made-up\r\n" in server.heads[0]
    assert exchange.user == "anonymous"


async def test_a_request_goes_out_byte_for_byte() -> None:
    """Method case, header order, repeats, odd bytes and chunks stay; only the host is the target's, also twice."""
    server = Scripted()
    framed = b"3\r\nabc\r\n0\r\n\r\n"
    headers = (b"X-B: \xff\x00", b"x-a: 1", b"X-A: 2", b"Host: elsewhere", b"Transfer-Encoding: chunked")
    async with _open(server) as opened:
        await _say(opened, _request(*headers, line=b"pOsT /x?a=%2f;b HTTP/1.1", body=framed))
        authority = opened.client.policy.origin.authority.encode()
        (exchange,) = opened.client.recorder.exchanges.values()
    wanted = b"\r\n".join(
        (b"pOsT /x?a=%2f;b HTTP/1.1", b"Host: " + authority, *headers[:3], b"Host: " + authority, headers[4], b"", b"")
    )
    assert server.heads[0] == wanted
    assert exchange.request.body == framed


async def test_a_response_comes_back_as_it_was() -> None:
    """Status, order, case and repeats of the headers stay; what belongs to the connection does not."""
    kept = [b"Set-Cookie: a=1", b"X-B: \xe9", b"set-cookie: b=2", b"Content-Length: 2"]
    answer = b"\r\n".join((b"HTTP/1.1 418 x", b"Keep-Alive: 5", *kept, b"", b"ok"))
    async with _open(Scripted(answers=[answer])) as opened:
        said = await _say(opened, _request())
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[0].startswith(b"HTTP/1.1 418 ")
    assert head.split(b"\r\n")[1:] == kept
    assert body == b"ok"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(gzip.compress(b"hello"))
        + gzip.compress(b"hello"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ],
    ids=["gzip", "chunked"],
)
async def test_headers_fit_the_body_that_is_forwarded(answer: bytes) -> None:
    """A body that was decoded or unchunked has its own length, and no coding that it no longer has."""
    async with _open(Scripted(answers=[answer])) as opened, httpx.AsyncClient(trust_env=False) as generator:
        response = await generator.get(opened.url + "/x", headers={"Accept-Encoding": "br, zstd"})
    assert (response.text, response.headers["content-length"]) == ("hello", "5")
    assert not {"content-encoding", "transfer-encoding"} & set(response.headers)


async def test_a_connection_carries_many_requests() -> None:
    """Connections are kept on both sides; a HEAD or 204 in between does not confuse them."""
    answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b"HTTP/1.1 204 No Content\r\n\r\n", OK]
    server = Scripted(answers=answers)
    async with _open(server) as opened, httpx.AsyncClient(trust_env=False) as generator:
        assert (await generator.head(opened.url + "/x")).headers["content-length"] == "99"
        assert (await generator.get(opened.url + "/x")).status_code == 204
        assert (await generator.post(opened.url + "/x", content=b"abc")).text == "ok"
        assert opened.statuses["POST /x"] == {200: 1}
    assert server.connections == 1
    assert server.heads[2].endswith(b"abc")


async def test_a_generator_that_waits_for_a_go_ahead_gets_one() -> None:
    """`Expect: 100-continue` is answered by the gateway, and the body then forwarded."""
    server = Scripted()
    async with _open(server) as opened:
        said = await _say(opened, _request(b"Expect: 100-continue", b"Content-Length: 3", body=b"abc"))
    assert said.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")
    assert b"Expect" not in server.heads[0]
    assert server.heads[0].endswith(b"abc")


@pytest.mark.parametrize(
    ("payload", "count"),
    [
        (_request(line=b"GET /never HTTP/1.1"), "refused"),
        (_request(line=b"GET http://elsewhere/ HTTP/1.1"), "refused"),
        (_request(line=b"GET /../x HTTP/1.1\x00"), "malformed"),
        (_request(b"Content-Length: 3", b"Content-Length: 4", body=b"abcd"), "malformed"),
        (_request(b"Content-Length: 3", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"), "malformed"),
        (_request(b"Transfer-Encoding: chunked", body=b"zz\r\n"), "malformed"),
        (_request(b"Content-Length: 99999999999"), "malformed"),
        (_request(b"no colon"), "malformed"),
        (b"\x16\x03\x01\x00\xa5\r\n\r\n", "malformed"),
    ],
)
async def test_what_must_not_leave_ends_the_connection(payload: bytes, count: str) -> None:
    """A refused or ambiguous request gets no status, which would be taken for the target's, and is counted."""
    server = Scripted()
    async with _open(server) as opened:
        assert await _say(opened, payload) == b""
        assert opened.counts[count] == 1
    assert server.heads == []


async def test_an_exhausted_budget_ends_the_connection_and_says_so() -> None:
    """Once the budget is used up nothing leaves, and whoever runs the generator can stop it."""
    server = Scripted()
    async with _open(server, requests=1) as opened:
        assert await _say(opened, _request())
        assert not opened.exhausted.is_set()
        assert await _say(opened, _request()) == b""
        assert opened.exhausted.is_set()
        assert (opened.counts["forwarded"], opened.counts["budget"]) == (1, 1)
    assert len(server.heads) == 1


async def test_a_path_outside_the_scope_ends_the_connection() -> None:
    """The scope of the run is that of the policy: outside the base path nothing is sent."""
    server = Scripted()
    async with _open(server, path="/api") as opened:
        assert await _say(opened, _request(line=b"GET /x HTTP/1.1")) == b""
        assert await _say(opened, _request(line=b"GET /api/x HTTP/1.1"))
    assert len(server.heads) == 1


async def test_no_answer_from_the_target_is_no_answer_from_the_gateway() -> None:
    """A broken answer, and one too large to forward whole, end the connection and are counted and recorded."""
    large = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (LIMIT + 1) + b"x" * (LIMIT + 1)
    async with _open(Scripted(answers=[b"nonsense\r\n\r\n", large])) as opened:
        assert await _say(opened, _request()) == b""
        assert await _say(opened, _request()) == b""
        assert (opened.counts["failed"], opened.counts["oversized"]) == (1, 1)
        assert len(opened.client.recorder.exchanges) == 2


async def test_a_generator_that_asks_after_the_target_is_told_the_truth() -> None:
    """A bare HEAD, which Schemathesis sends after a reset, is answered for the target, and sends it nothing."""
    server = Scripted()
    async with _open(server) as opened:
        assert (await _say(opened, b"HEAD / HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.0 204")
    async with open_client(server.url) as client, gateway(client, {}, phase="fuzz") as opened:
        assert await _say(opened, b"HEAD / HTTP/1.0\r\n\r\n") == b""
    assert server.heads == []


async def test_cases_are_joined_to_exchanges() -> None:
    """The ids of exchanges are found by the value of the header that the generator marks its cases with."""
    async with _open(Scripted()) as opened:
        for case in (b"one", b"two", b"one"):
            await _say(opened, _request(b"x-case: " + case))
        assert opened.correlated == {"one": ["x00001", "x00003"], "two": ["x00002"]}


def test_handles_cannot_be_guessed_and_do_not_show() -> None:
    """Every handle is another, with 128 bits; a gateway does not show them."""
    handles = {new_handle() for _ in range(100)}
    assert len(handles) == 100
    assert all(len(handle.removeprefix("handle-")) == 32 for handle in handles)
