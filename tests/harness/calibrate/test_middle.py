"""The proxy between harness and service: transparent by itself, odd requests included, and able to interfere."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.calibrate import benign, sabotage
from harness.calibrate.middle import Asked, Middle, standing
from harness.model import Request, Response
from harness.policy import Origin
from harness.scenario import Scenario, amended
from harness.transport import HttpTransport, RawTransport, TransportFailure

if TYPE_CHECKING:
    from tests.harness.notebook import Notebook

READY = Request(method="GET", target="/ready")
SCENARIO = Scenario.model_validate({"name": "notebook", "target": {"ready": "GET /ready"}})


async def asked(url: str, middle: Middle, *requests: Request) -> list[Response]:
    """Send requests through a middle, over one connection where it lasts."""
    async with standing(url, middle) as reached:
        transport = HttpTransport(Origin.parse(reached))
        answers = [await transport.send(request, (), timeout=5.0) for request in requests]
        await transport.aclose()
    return answers


async def test_it_changes_nothing_by_itself(url: str, notebook: Notebook) -> None:
    """What the service answers arrives, one request after the other, errors and bodies included."""
    wrong = Request(method="POST", target="/things", body=b"x" * 100_000)
    answers = await asked(url, Middle(), READY, wrong, READY)
    assert [answer.status for answer in answers] == [200, 401, 200]
    assert answers[0].body == answers[2].body == b'{"status":"ready"}'
    assert notebook.asked == ["GET /ready", "POST /things", "GET /ready"]


async def test_odd_requests_pass_byte_for_byte(url: str) -> None:
    """A second length, which a proxy would refuse, reaches the service, whose answer comes back."""
    payload = b"GET /ready HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n"
    direct = await RawTransport(Origin.parse(url)).send(payload, method="GET", timeout=5.0)
    async with standing(url, Middle()) as reached:
        through = await RawTransport(Origin.parse(reached)).send(payload, method="GET", timeout=5.0)
    assert (through.status, through.body) == (direct.status, direct.body)


async def test_it_may_answer_itself_or_reset(url: str, notebook: Notebook) -> None:
    """What the middle keeps to itself never reaches the service."""

    class Selfish(Middle):
        async def ask(self, asked: Asked) -> Asked | Response | None:
            return Response(status=204) if asked.target == "/mine" else None

    mine = Request(method="GET", target="/mine")
    assert [answer.status for answer in await asked(url, Selfish(), mine, mine)] == [204, 204]
    with pytest.raises(TransportFailure, match="reset"):
        await asked(url, Selfish(), READY)
    assert notebook.asked == []


@pytest.mark.parametrize("name", ["chunked-and-gzip", "headers-shuffled", "jitter", "clock-ahead"])
async def test_harmless_middles_change_no_answer(url: str, name: str) -> None:
    """However the bytes look, the answer is the same."""
    middle = benign.load(name).middle(SCENARIO)
    assert middle is not None
    answers = await asked(url, middle, *[READY] * 5)
    assert {(answer.status, answer.body) for answer in answers} == {(200, b'{"status":"ready"}')}
    assert {answer.header("Content-Type") for answer in answers} == {"application/json"}


async def test_a_balancer_answers_for_a_dead_backend(url: str, notebook: Notebook) -> None:
    """Only the page of health is still what the backend said."""
    middle = sabotage.load("backend-dead").middle(SCENARIO)
    assert middle is not None
    things = Request(method="GET", target="/things")
    answers = await asked(url, middle, READY, things, replace(things, method="POST"))
    assert [answer.status for answer in answers] == [200, 200, 503]
    assert b"<!doctype" in answers[1].body
    assert notebook.asked == ["GET /ready"]


async def test_three_in_ten_connections_of_each_user_are_reset(url: str) -> None:
    """Whoever carries a credential loses the second, fifth and eighth, sent again or not; others lose nothing."""
    middle = sabotage.load("connections-reset").middle(SCENARIO)
    assert middle is not None
    async with standing(url, middle) as reached:
        raw = RawTransport(Origin.parse(reached))
        for user, lost in (("one", 3), ("other", 3), (None, 0)):
            credential = f"Authorization: {user}\r\n" if user else ""
            start = f"GET /ready HTTP/1.1\r\nHost: x\r\n{credential}Connection: close\r\n"
            sent = [await _ok(raw, f"{start}X-Number: {number}\r\n\r\n".encode()) for number in range(10)]
            assert sent.count(False) == lost


async def _ok(raw: RawTransport, payload: bytes) -> bool:
    try:
        return (await raw.send(payload, method="GET", timeout=5.0)).status == 200
    except TransportFailure:
        return False


def test_what_is_said_otherwise_is_merged_into_a_scenario() -> None:
    """A variant changes what it speaks of, a resource by its name, and leaves the rest."""
    things = [{"name": "thing", "settle": 1}, {"name": "part"}]
    scenario = Scenario.model_validate({"name": "x", "resource": things, "errors": {"fields": ["a"]}})
    other = amended(scenario, {"errors": None, "resource": {"part": {"settle": 2}}})
    assert other.errors is None
    assert [(each.name, each.settle) for each in other.resource] == [("thing", 1), ("part", 2)]
    assert amended(scenario, {}) is scenario


async def test_what_is_still_open_ends_with_the_middle(url: str) -> None:
    """A connection that nobody uses does not keep a trial from ending."""
    async with asyncio.timeout(5), standing(url, Middle()) as reached:
        _, writer = await asyncio.open_connection("127.0.0.1", int(reached.rpartition(":")[2]))
        writer.write(b"GET /rea")
        await writer.drain()
    writer.close()
