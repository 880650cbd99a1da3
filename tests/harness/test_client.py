"""The only sender: what leaves carries a credential, what comes back is recorded, what must not leave does not."""

from __future__ import annotations

import dataclasses

import pytest

from harness.client import credentialed, phase
from harness.errors import BudgetExhausted, OutOfScope
from harness.model import ANONYMOUS, Exchange, Headers, Identity, Observation, Request
from harness.recording import KEPT_BODY
from tests.harness.clients import open_client
from tests.harness.transport.servers import Scripted, scripted

ALICE = Identity(name="alice", headers=(("Authorization", "Bearer alice-secret"),), cookies=(("sid", "cookie-secret"),))
GET = Request(method="GET", target="/things", operation="GET /things")


class Seen:
    """A watcher that keeps what it sees."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    def see(self, exchange: Exchange) -> None:
        """Keep the exchange."""
        self.exchanges.append(exchange)

    def conclude(self) -> list[Observation]:
        """Say nothing."""
        return []


@pytest.mark.parametrize("raw", [False, True])
async def test_an_exchange_says_who_asked_what_and_what_came_back(raw: bool) -> None:
    """The credential goes out with the request and is not in what is recorded of it."""
    async with scripted(Scripted()) as server, open_client(server.url) as client:
        phase.set("family/check")
        exchange = await client.send(ALICE, GET, purpose="control", raw=raw)
    assert b"Authorization: Bearer alice-secret\r\n" in server.heads[0]
    assert b"Cookie: sid=cookie-secret\r\n" in server.heads[0]
    assert "secret" not in repr(exchange)
    assert (exchange.user, exchange.status, exchange.body) == ("alice", 200, b"ok")
    assert (exchange.purpose, exchange.phase, exchange.request) == ("control", "family/check", GET)
    assert 0 <= exchange.intended <= exchange.sent <= exchange.done
    assert client.recorder.exchanges[exchange.id] == exchange


async def test_what_goes_wrong_is_in_the_exchange() -> None:
    """A target that does not answer is a recorded fact, not an exception."""
    async with scripted(Scripted()) as server, open_client(server.url) as client:
        pass
    async with open_client(server.url) as client:
        for raw in (False, True):
            exchange = await client.send(ANONYMOUS, GET, raw=raw)
            assert (exchange.error or "").startswith("refused: ")
            assert exchange.response is None
        assert len(client.recorder.exchanges) == 2


async def test_nothing_leaves_past_the_policy() -> None:
    """Out of scope and out of budget, no byte is sent and nothing recorded, by any of the three ways to send."""
    async with scripted(Scripted()) as server, open_client(server.url + "/api", requests=1) as client:
        inside = Request(method="GET", target="/api/a")
        with pytest.raises(OutOfScope):
            await client.send(ALICE, GET)
        with pytest.raises(OutOfScope):
            await client.burst([(ALICE, inside), (ALICE, GET)])
        with pytest.raises(BudgetExhausted):
            await client.burst([(ALICE, inside), (ALICE, inside)])
        with pytest.raises(OutOfScope):
            await client.gather([(ALICE, GET)], concurrency=2)
        assert (server.heads, len(client.recorder.exchanges), client.policy.budget.spent) == ([], 0, 0)


async def test_bursts_and_batches_answer_in_order() -> None:
    """Exchanges come in the order of the shots, each paid for."""
    shots = [(ALICE, dataclasses.replace(GET, target=f"/{number}")) for number in range(6)]
    async with scripted(Scripted()) as server, open_client(server.url) as client:
        for exchanges in (await client.burst(shots), await client.gather(shots, concurrency=2)):
            assert [exchange.request.target for exchange in exchanges] == [f"/{number}" for number in range(6)]
            assert all(exchange.ok for exchange in exchanges)
        assert client.policy.budget.spent == 12


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ((), (("Authorization", "Bearer alice-secret"), ("Cookie", "sid=cookie-secret"))),
        ((("authorization", "x"),), (("Cookie", "sid=cookie-secret"), ("authorization", "x"))),
        ((("Cookie", "sid=mine"),), (("Authorization", "Bearer alice-secret"), ("Cookie", "sid=mine"))),
        ((("cookie", "a=1"),), (("Authorization", "Bearer alice-secret"), ("Cookie", "sid=cookie-secret; a=1"))),
    ],
    ids=["nothing said", "own header", "own cookie", "another cookie"],
)
def test_what_a_request_says_itself_wins(said: Headers, sent: Headers) -> None:
    """A header or cookie of the request replaces that of the identity, and only that one."""
    assert credentialed(ALICE, said) == sent


async def test_watchers_see_all_of_a_body_and_the_ledger_keeps_some() -> None:
    """A watcher sees the whole body; what is kept in the end is redacted before it is shortened."""
    body = b"x" * (KEPT_BODY - 1) + b"key" + b"y" * 2 * KEPT_BODY
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    async with scripted(Scripted(answers=[answer])) as server, open_client(server.url) as client:
        client.recorder.watchers.append(seen := Seen())
        await client.send(ANONYMOUS, GET)
    assert seen.exchanges[0].body == body
    (kept,) = client.recorder.finish(_without_key)
    assert kept.response is not None
    assert (kept.body, kept.response.truncated) == (b"x" * (KEPT_BODY - 1) + b"*", True)


def _without_key(exchange: Exchange) -> Exchange:
    assert exchange.response is not None
    response = dataclasses.replace(exchange.response, body=exchange.body.replace(b"key", b"***"))
    return dataclasses.replace(exchange, response=response)
