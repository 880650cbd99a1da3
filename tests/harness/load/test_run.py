"""What a real load child does to real loopback servers."""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections import Counter
from typing import TYPE_CHECKING

import psutil
import pytest

from harness.errors import OutOfScope
from harness.load import ARRIVAL, Progress, run
from tests.harness.load.conftest import SECRET, Received, hello, lease, respond, shot

if TYPE_CHECKING:
    from harness.model import Exchange, LoadRun
    from tests.harness.load.conftest import Serve


def kinds(load: LoadRun) -> Counter[tuple[str, str]]:
    """Return how often each operation came out in which way."""
    return Counter((sample.operation, sample.kind) for sample in load.samples)


def load_children() -> list[psutil.Process]:
    """Return the load children of this process that are alive."""
    found = psutil.Process().children(recursive=True)
    return [child for child in found if "harness.load.child" in child.cmdline()]


async def test_the_rate_asked_for_is_the_rate_sent(serve: Serve) -> None:
    """Every scheduled arrival reaches the server, on time, once, over kept connections, and Locust counts it too."""
    server = await serve(hello)
    seen: list[Progress] = []
    load = await run(lease(server.base_url, rate=100, seconds=1.5), on_progress=seen.append)
    assert load.error is None
    assert len(load.samples) == len(server.received) == 150
    assert all(sample.ok and sample.status == 200 for sample in load.samples)
    assert [sample.intended for sample in load.samples] == pytest.approx([n / 100 for n in range(150)])
    assert 0 < load.lateness_p99 < 0.25
    assert 0 < load.generator_cpu < 0.9
    assert server.connections < 50
    assert seen[-1] == Progress(done=150, ok=150, scheduled=150)
    assert SECRET.encode() in server.received[0].head
    assert b"Cookie: session=s3cret-cookie\r\n" in server.received[0].head


async def test_a_server_that_freezes_cannot_hide_it(serve: Serve) -> None:
    """A freeze delays every request that was due in it, not only those that a waiting client got round to sending.

    Frozen for the first 0.4 s of every 1.6 s, a quarter of the arrivals wait, evenly spread over 0 to 0.4 s: the
    slowest twentieth of all, a fifth of these, waited 0.32 s or more.
    """
    began: list[float] = []

    async def freeze(_: Received) -> bytes:
        began.append(time.perf_counter())
        phase = (time.perf_counter() - began[0]) % 1.6
        await asyncio.sleep(max(0.0, 0.4 - phase))
        return respond()

    server = await serve(freeze)
    load = await run(lease(server.base_url, rate=100, seconds=3.2))
    assert load.error is None
    waited = sorted((sample.done or math.inf) - sample.intended for sample in load.samples)
    assert waited[len(waited) // 2] < 0.1
    assert waited[math.ceil(0.95 * len(waited)) - 1] == pytest.approx(0.32, abs=0.05)


async def test_each_answer_gets_its_kind(serve: Serve) -> None:
    """Status, emptiness, limits, silence, endless bodies and broken connections are told apart."""
    answers = {
        "/ok": respond(),
        "/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        "/empty": respond(200, b"[]"),
        "/wrong": respond(404),
        "/moved": respond(302, b"", "Location: /ok"),
        "/broken": respond(503),
        "/limited": respond(429),
        "/refused": respond(429, b"", "Retry-After: 1"),
        "/garbage": b"SSH-2.0-nothing\r\n\r\n",
        "/endless": respond(200, b"x" * 5_000_000),
    }

    async def answer(request: Received) -> bytes:
        if request.target == "/silent":
            await asyncio.sleep(60)
        return answers[request.target]

    server = await serve(answer)
    shots = [shot(target, must_contain=b"llo") for target in answers if target != "/limited"]
    shots += [shot("/limited", limited_ok=True), shot("/silent")]
    load = await run(lease(server.base_url, *shots, rate=200, timeout=0.4))
    assert load.error is None
    assert set(kinds(load)) == {
        ("GET /ok", "ok"),
        ("GET /chunked", "ok"),
        ("GET /empty", "empty"),
        ("GET /wrong", "wrong"),
        ("GET /moved", "wrong"),
        ("GET /broken", "server-error"),
        ("GET /limited", "limited"),
        ("GET /refused", "wrong"),
        ("GET /garbage", "error"),
        ("GET /endless", "error"),
        ("GET /silent", "timeout"),
    }
    silent = [sample for sample in load.samples if sample.kind == "timeout"]
    assert all(sample.started is not None and sample.done is None for sample in silent)


async def test_a_foreign_marker_comes_back_with_its_exchange(serve: Serve) -> None:
    """Alice's marker in an answer to Bob, in the body or a header, is a leak; in an answer to Alice it is not."""

    async def answer(request: Received) -> bytes:
        if request.target == "/header":
            return respond(200, b"nothing", "X-Owner: mk-alice-1")
        return respond(200, b'{"title": "mk-alice-1"}', "X-Request-Id: r1")

    server = await serve(answer)
    shots = [shot("/body", user="bob"), shot("/header", user="bob"), shot("/own", must_contain=b"mk-alice-1")]
    exchanges: list[Exchange] = []
    foreign = {"bob": (b"mk-alice-1",), "alice": (b"mk-bob-1",)}
    load = await run(lease(server.base_url, *shots, foreign=foreign), on_exchange=exchanges.append)
    assert {exchange.request.target for exchange in exchanges} == {"/body", "/header"}
    assert load.leaks == tuple(exchange.id for exchange in exchanges)
    leak = next(exchange for exchange in exchanges if exchange.request.target == "/body")
    assert (leak.user, leak.purpose, leak.status) == ("bob", "leak", 200)
    assert leak.body == b'{"title": "mk-alice-1"}'
    assert leak.response is not None
    assert leak.response.header("x-request-id") == "r1"
    assert leak.at == pytest.approx(time.time(), abs=10)
    assert all(sample.ok for sample in load.samples)


async def test_creations_are_unique_capped_and_come_back(serve: Serve) -> None:
    """A shot with the arrival's number in it is never sent twice, and a kept answer names what must be deleted.

    Arrivals beyond the cap are unsent samples, so that the rate not reached shows.
    """

    async def create(request: Received) -> bytes:
        return respond(201, b'{"id": "%s"}' % request.body)

    server = await serve(create)
    made = shot(f"/t?n={ARRIVAL}", method="POST", body=f"n{ARRIVAL}".encode(), success=frozenset({201}), keep=True)
    exchanges: list[Exchange] = []
    load = await run(lease(server.base_url, made, cap=15), on_exchange=exchanges.append)
    assert load.error is None
    assert load.leaks == ()
    assert [sample.kind for sample in load.samples] == ["ok"] * 15 + ["unsent"] * 5
    assert sorted(request.body for request in server.received) == sorted(b"n%d" % n for n in range(15))
    assert {exchange.body for exchange in exchanges} == {b'{"id": "n%d"}' % n for n in range(15)}
    assert {exchange.request.body for exchange in exchanges} == {b"n%d" % n for n in range(15)}
    assert {exchange.request.target for exchange in exchanges} == {f"/t?n={n}" for n in range(15)}
    assert not any(SECRET in repr(exchange.request) for exchange in exchanges)


async def test_a_redirect_to_another_host_is_not_followed(serve: Serve) -> None:
    """A target cannot send the load to a server that is not pinned; a target beyond the pinned host is refused."""
    other = await serve(hello)

    async def away(_: Received) -> bytes:
        return respond(307, b"", f"Location: {other.base_url}/things")

    server = await serve(away)
    load = await run(lease(server.base_url))
    assert kinds(load) == {("GET /things", "wrong"): 20}
    with pytest.raises(OutOfScope, match="nothing was sent"):
        await run(lease(server.base_url, shot(f"@{other.base_url.removeprefix('http://')}/things")))
    assert len(server.received) == 20
    assert other.received == []


async def test_a_dead_port_gives_errors_quickly(unused_tcp_port: int) -> None:
    """Refused connections are errors, one for each arrival, and nothing waits for a time-out."""
    began = time.perf_counter()
    load = await run(lease(f"http://127.0.0.1:{unused_tcp_port}", timeout=30))
    assert kinds(load) == {("GET /things", "error"): 20}
    assert load.error is None
    assert time.perf_counter() - began < 10


async def test_the_child_is_killed_at_its_deadline(serve: Serve) -> None:
    """A load that does not end is ended; what had been reported by then is kept, the rest is unsent."""
    server = await serve(hello)
    began = time.perf_counter()
    load = await run(lease(server.base_url, rate=50, seconds=30, deadline=6.0))
    assert time.perf_counter() - began < 12
    assert load.error == "The load was ended at its deadline of 6 s."
    assert {kind for _, kind in kinds(load)} == {"ok", "unsent"}
    assert len(load.samples) == 1500
    assert load_children() == []


async def test_a_cancelled_load_leaves_no_child_and_shows_no_secret(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it runs, arguments and environment of the child hold no secret; Ctrl-C in the parent ends it."""
    monkeypatch.setenv("ALICE_TOKEN", SECRET)
    server = await serve(hello)
    task = asyncio.create_task(run(lease(server.base_url, seconds=30)))
    await server.hit.wait()
    (child,) = load_children()
    assert child.pid != os.getpid()
    assert "sesame" not in " ".join(child.cmdline())
    assert not any("sesame" in value for value in child.environ().values())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not child.is_running()
    assert "sesame" not in repr(lease(server.base_url))


async def test_a_missing_extra_is_said_in_words(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Locust there is no load, and the error says what to install."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    server = await serve(hello)
    load = await run(lease(server.base_url))
    assert load.error == "The load needs locust and pycurl: install harness-verify[load]."
    assert kinds(load) == {("GET /things", "unsent"): 20}
    assert server.received == []
