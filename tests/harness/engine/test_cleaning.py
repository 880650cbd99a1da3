"""Cleaning up: children before parents, as their owner, in bounded time, and what is left is counted."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import Response

from harness import engine
from harness.client import Client
from harness.engine import cleaning
from harness.engine import run as runs
from harness.engine.cleaning import begin, clean_up
from harness.expect import passed
from harness.model import Cleanup, Decision, Exchange, Outcome
from tests.harness.bench import lab, options, probe
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request

    from harness.lab import Lab, Marker, Session
    from harness.model import Observation
    from tests.harness.notebook import Notebook


async def two_parts(session: Session) -> None:
    """Create a thing and two parts below it."""
    bench = lab(session)
    (alice,) = await bench.users(1)
    part = bench.resource("part")
    await part.create(alice)
    await part.create(alice)


def outcomes(cleanup: tuple[Cleanup, ...]) -> list[tuple[str, str]]:
    """Return what became of which kind of object."""
    return sorted((each.resource, each.outcome) for each in cleanup)


async def test_children_go_before_their_parents(url: str, notebook: Notebook) -> None:
    """Everything is gone afterwards, and nothing was deleted from under its children."""
    async with engine.opened(options(url, notebook)) as session:
        await two_parts(session)
        cleanup = await clean_up(session, within=10)
        assert session.ledger.alive == ()
    deletes = [line for line in notebook.asked if line.startswith("DELETE")]
    assert ["/parts/" in line for line in deletes] == [True, True, False]
    assert outcomes(cleanup) == [("part", "deleted"), ("part", "deleted"), ("thing", "deleted")]
    assert notebook.things == {}


async def test_a_delete_whose_answer_is_lost_is_sent_again(
    url: str, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been carried out all the same: the second one tells."""
    async with engine.opened(options(url, notebook)) as session:
        await two_parts(session)
        send, lost = Client.send, list[Exchange]()

        async def losing(*args: Any, **more: Any) -> Exchange:
            exchange = await send(*args, **more)
            if lost:
                return exchange
            lost.append(exchange)
            return replace(exchange, response=None, error="timeout")

        monkeypatch.setattr(Client, "send", losing)
        cleanup = await clean_up(session, within=10)
    assert outcomes(cleanup) == [("part", "deleted"), ("part", "gone"), ("thing", "deleted")]


async def test_what_is_gone_already_counts_as_gone(url: str, notebook: Notebook) -> None:
    """A 404 on the way out is no leftover."""
    async with engine.opened(options(url, notebook)) as session:
        await two_parts(session)
        notebook.things.clear()
        cleanup = await clean_up(session, within=10)
    assert {outcome for _, outcome in outcomes(cleanup)} == {"gone"}


async def test_what_cannot_be_deleted_is_counted_with_the_reason(url: str, notebook: Notebook) -> None:
    """A refused delete leaves the object; a resource without a delete call says so."""
    text = TOML.replace('delete = { operation = "DELETE /things/{thing}/parts/{part}" }', "")
    notebook.instead = lambda request: Response(status_code=403) if request.method == "DELETE" else None
    async with engine.opened(options(url, notebook, text=text)) as session:
        await two_parts(session)
        cleanup = await clean_up(session, within=10)
    assert outcomes(cleanup) == [("part", "not-deletable"), ("part", "not-deletable"), ("thing", "left")]
    assert next(each.detail for each in cleanup if each.outcome == "left") == ("DELETE /things/{thing} answered 403")


@pytest.mark.parametrize("said", ["0", "²", "soon", None])
async def test_a_limited_delete_is_tried_again(url: str, notebook: Notebook, said: str | None) -> None:
    """As long as the target says, or a second where it says nothing that can be understood."""
    refusals = [1]

    def limited(request: Request) -> Response | None:
        if request.method != "DELETE" or not refusals:
            return None
        refusals.pop()
        headers = {"Retry-After": said.encode().decode("latin-1")} if said else {}
        return Response(status_code=429, headers=headers)

    notebook.instead = limited
    async with engine.opened(options(url, notebook)) as session:
        bench = lab(session)
        (alice,) = await bench.users(1)
        await bench.resource("thing").create(alice)
        assert outcomes(await clean_up(session, within=10)) == [("thing", "deleted")]


async def test_a_budget_that_is_used_up_does_not_leave_objects_behind(url: str, notebook: Notebook) -> None:
    """Neither the requests nor the seconds of a run bound what has to be removed."""
    async with engine.opened(options(url, notebook)) as session:
        await two_parts(session)
        budget = session.client.policy.budget
        budget.spent, budget.seconds = budget.requests, 0.0
        assert {outcome for _, outcome in outcomes(await clean_up(session, within=10))} == {"deleted"}
        assert budget.seconds == math.inf


async def test_a_clean_up_that_begins_early_and_is_interrupted_loses_no_row(
    url: str, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was deleted until then is told in the end, once, beside what the last clean-up deletes."""
    done: dict[Marker, Cleanup] = {}
    send, stalled = Client.send, asyncio.Event()

    async def stalling(client: Client, user: Any, request: Any, **more: Any) -> Exchange:
        if "/parts/" not in request.target and request.method == "DELETE":
            stalled.set()
            await asyncio.sleep(60)
        return await send(client, user, request, **more)

    async with engine.opened(options(url, notebook)) as session:
        await two_parts(session)
        with monkeypatch.context() as patch:
            patch.setattr(Client, "send", stalling)
            early = asyncio.create_task(begin(session, done))
            await stalled.wait()
            early.cancel()
            await asyncio.wait([early])
        cleanup = await clean_up(session, within=10, done=done)
    assert outcomes(cleanup) == [("part", "deleted"), ("part", "deleted"), ("thing", "deleted")]


async def test_a_target_that_stalls_bounds_the_cleanup_and_all_is_counted(
    url: str, notebook: Notebook, monkeypatch: pytest.MonkeyPatch, only_these: Callable[..., None]
) -> None:
    """Objects that were not reached are left, and the verdict holds for it."""
    monkeypatch.setattr(runs, "CLEANUP_SECONDS", 0.3)

    async def creating(bench: Lab) -> AsyncIterator[Observation]:
        (alice,) = await bench.users(1)
        await bench.resource("thing").create(alice)
        await bench.resource("part").create(alice)
        bench.session.client.policy.budget.per_second = 0.1
        yield passed("thing", "created")

    only_these(probe("family/creates", creating))
    run = await engine.verify(options(url, notebook))
    await asyncio.sleep(0)
    assert [each.outcome for each in run.cleanup].count("left") >= 2
    assert len(run.cleanup) == 3
    assert any("not reached within 0.3 s" in each.detail for each in run.cleanup)
    gate = next(each for each in run.verdict.gates if each.gate.metric == "cleanup")
    assert gate.outcome is not Outcome.PASSED
    assert run.verdict.decision is not Decision.GO


async def test_a_slow_target_has_more_time_as_long_as_it_gets_on(
    url: str, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Much takes a while; what is not reached the first time is reached the next time."""
    monkeypatch.setattr(cleaning, "CONCURRENCY", 1)
    async with engine.opened(options(url, notebook)) as session:
        bench = lab(session)
        alice, _ = await bench.two_users()
        for _ in range(8):
            await bench.resource("thing").create(alice)
        session.client.policy.budget.per_second = 20.0
        became = {outcome for _, outcome in outcomes(await clean_up(session, within=0.2))}
    assert became <= {"deleted", "gone"}  # one may have been deleted when the time was over
    assert not notebook.things
