"""A run that is interrupted cleans up, and accounts for everything that was planned."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from starlette.responses import Response

from harness import engine
from harness.expect import passed
from harness.model import Decision, Needs, Outcome
from tests.harness.bench import options, probe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request

    from harness.lab import Lab
    from harness.model import Observation, Run
    from tests.harness.notebook import Notebook


async def waiting(lab: Lab) -> AsyncIterator[Observation]:
    """Create, and then wait for ever."""
    (alice,) = await lab.users(1)
    await lab.resource("part").create(alice)
    yield passed("thing", "created")
    await asyncio.sleep(60)


async def fine(_lab: Lab) -> AsyncIterator[Observation]:
    """Pass."""
    yield passed("thing", "it is fine")


async def interrupted(run: asyncio.Task[Run], *, once: Callable[[], bool]) -> Run:
    """Interrupt a run as soon as something is true, and return it."""
    while not once():  # noqa: ASYNC110 -- the service is in another thread
        await asyncio.sleep(0.01)
    run.cancel()
    return await run


async def test_an_interrupted_run_has_its_verdict_and_leaves_nothing(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """Objects are deleted, finished checks keep their results, the others are told as not run; the exit code is 2."""
    only_these(probe("a/fine", fine), probe("b/waiting", waiting), probe("c/alone", fine, needs=Needs(exclusive=True)))
    going = asyncio.create_task(engine.verify(options(url, notebook)))
    run = await interrupted(going, once=lambda: len(notebook.things) == 2)
    assert notebook.things == {}
    assert [each.outcome for each in run.cleanup] == ["deleted", "deleted"]
    results = {result.check.id: result for result in run.results}
    assert results["a/fine"].outcome is Outcome.PASSED
    assert [results[name].observations[0].reason for name in ("b/waiting", "c/alone")] == ["not-run", "not-run"]
    assert (run.interrupted, run.exit_code) == ("interrupted by the user", 2)
    assert run.verdict.decision is Decision.HOLD
    assert "interrupted" in run.verdict.reasons[0]


async def test_an_object_whose_creation_was_on_its_way_is_removed_too(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """The answer is waited for: without it nobody would ever know what to delete."""
    only_these(probe("b/waiting", waiting))

    def slowly(request: Request) -> None:
        if request.method == "POST":
            time.sleep(0.3)  # the whole service waits, and creates the object afterwards

    notebook.instead = slowly
    going = asyncio.create_task(engine.verify(options(url, notebook)))
    run = await interrupted(going, once=lambda: "POST /things" in notebook.asked)
    assert "POST /things" in notebook.asked
    assert ([each.outcome for each in run.cleanup], notebook.things) == (["deleted"], {})


async def test_an_interruption_before_the_users_are_known(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """A target that is not ready is waited for no longer; what was expected to run is there, as not run."""
    only_these(probe("a/fine", fine))
    notebook.instead = lambda _request: Response(status_code=503)
    run = await interrupted(
        asyncio.create_task(engine.verify(options(url, notebook))), once=lambda: bool(notebook.asked)
    )
    assert [(each.check.id, each.observations[0].reason) for each in run.results] == [("a/fine", "not-run")]
    assert run.exit_code == 2


async def test_an_interruption_of_the_cleanup_lets_it_end(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """Deleting goes on to its end, and the run says that it was interrupted."""

    async def creating(lab: Lab) -> AsyncIterator[Observation]:
        (alice,) = await lab.users(1)
        await lab.resource("part").create(alice)
        yield passed("thing", "created")

    only_these(probe("a/creating", creating))
    refused = [1]

    def slow(request: Request) -> Response | None:
        if request.method == "DELETE" and refused:
            refused.pop()
            return Response(status_code=429, headers={"Retry-After": "3"})
        return None

    notebook.instead = slow
    going = asyncio.create_task(engine.verify(options(url, notebook)))
    run = await interrupted(going, once=lambda: not refused)
    assert notebook.things == {}
    assert ([each.outcome for each in run.cleanup], run.exit_code) == (["deleted", "deleted"], 2)
