"""Whatever happens to one check stays its own: the run goes on, and says what happened."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from harness import engine
from harness.engine.probe import guarded, run_probe
from harness.errors import BudgetExhausted, OutOfScope
from harness.expect import failed, passed
from harness.lab import Inconclusive
from harness.model import Check, Decision, Needs, Outcome, Request, Result, Severity
from tests.harness.bench import options, probe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from harness.lab import Lab
    from harness.model import Exchange, Observation
    from tests.harness.notebook import Notebook


async def fine(lab: Lab) -> AsyncIterator[Observation]:
    """Pass, with an exchange."""
    (alice,) = await lab.users(1)
    exchange = await lab.send(alice, Request(method="GET", target="/me"), purpose="control")
    yield passed("thing", "it is fine", exchange)


def stopped_by(error: Exception) -> Callable[[Lab], AsyncIterator[Observation]]:
    """Return a probe that sees one thing and then ends with this error."""

    async def run(_lab: Lab) -> AsyncIterator[Observation]:
        yield passed("thing", "it was fine until then")
        raise error

    return run


async def silent(_lab: Lab) -> AsyncIterator[Observation]:
    """Observe nothing."""
    none: tuple[Observation, ...] = ()
    for each in none:
        yield each


async def endless(_lab: Lab) -> AsyncIterator[Observation]:
    """Find something, and never end."""
    yield failed("thing", "found something")
    await asyncio.sleep(60)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Inconclusive("no-control", "the control failed"), "no-control"),
        (BudgetExhausted("used up"), "budget"),
        (OutOfScope("elsewhere"), "out-of-scope"),
    ],
)
async def test_what_stops_a_check_is_inconclusive(url: str, notebook: Notebook, error: Exception, reason: str) -> None:
    """A pass before the stop does not count for the whole."""
    async with engine.opened(options(url, notebook)) as session:
        result = await run_probe(probe("family/stops", stopped_by(error)), session)
    assert (result.outcome, result.error) == (Outcome.INCONCLUSIVE, None)
    assert [each.reason for each in result.observations] == [None, reason]


async def test_a_bug_is_one_error_with_its_place(url: str, notebook: Notebook) -> None:
    """What was seen before stays, and the error says where it is."""
    async with engine.opened(options(url, notebook)) as session:
        result = await run_probe(probe("family/breaks", stopped_by(KeyError("id"))), session)
    assert result.outcome is Outcome.ERROR
    assert result.error is not None
    assert result.error.startswith("KeyError: 'id' (in run, line ")
    assert len(result.observations) == 1


async def test_a_check_that_observes_nothing_is_no_pass(url: str, notebook: Notebook) -> None:
    """Nothing observed is inconclusive."""
    async with engine.opened(options(url, notebook)) as session:
        result = await run_probe(probe("family/silent", silent), session)
    assert (result.outcome, result.observations[0].reason) == (Outcome.INCONCLUSIVE, "nothing-observed")


async def test_a_check_that_does_not_end_is_ended_and_keeps_what_it_found(url: str, notebook: Notebook) -> None:
    """A finding stands beside the time-out."""
    async with engine.opened(options(url, notebook)) as session:
        result = await run_probe(probe("family/endless", endless), session, deadline=0.2)
    assert (result.outcome, result.observations[-1].reason) == (Outcome.FAILED, "timeout")


async def test_phases_are_guarded_like_probes() -> None:
    """A generator that cannot be started, or a budget that does not suffice, costs that phase only."""
    check = probe("family/phase", fine)

    async def ends(error: Exception | None) -> Result:
        if error is not None:
            raise error
        return Result(check=check, observations=(passed("thing", "fine"),))

    assert (await guarded(check, ends(None))).outcome is Outcome.PASSED
    assert (await guarded(check, ends(BudgetExhausted("used up")))).observations[0].reason == "budget"
    assert (await guarded(check, ends(OSError("no such program")))).outcome is Outcome.ERROR


class Watching:
    """A watcher that breaks where it is told to."""

    def __init__(self, where: str) -> None:
        self.where = where
        self._break("building")

    def _break(self, here: str) -> None:
        if here == self.where:
            raise ZeroDivisionError(here)

    def see(self, _exchange: Exchange) -> None:
        """Look."""
        self._break("seeing")

    def conclude(self) -> Iterable[Observation]:
        """Tell."""
        self._break("concluding")
        return (passed("thing", "seen"),)


def watcher(where: str) -> Check:
    """Return a check that watches."""

    def watch(_lab: Any) -> Watching:
        return Watching(where)

    return Check(
        id=f"watching/{where}",
        title="Watching",
        explanation="",
        severity=Severity.LOW,
        catches=("a.b",),
        needs=Needs(users=0, writes=False),
        watch=watch,
    )


async def test_broken_checks_never_lose_a_run(url: str, notebook: Notebook, only_these: Callable[..., None]) -> None:
    """Broken probes and watchers are an ERROR each; all others have their results, and the run its verdict."""
    places = ("building", "seeing", "concluding", "nowhere")
    only_these(
        probe("family/fine", fine),
        probe("family/breaks", stopped_by(RuntimeError("bug"))),
        probe("family/draining", fine, needs=Needs(drains=True)),
        *map(watcher, places),
    )
    run = await engine.verify(options(url, notebook))
    outcomes = {result.check.id: result.outcome for result in run.results}
    assert outcomes == {
        "preflight/users": Outcome.PASSED,
        "family/fine": Outcome.PASSED,
        "family/draining": Outcome.PASSED,
        "family/breaks": Outcome.ERROR,
        "watching/building": Outcome.ERROR,
        "watching/seeing": Outcome.ERROR,
        "watching/concluding": Outcome.ERROR,
        "watching/nowhere": Outcome.PASSED,
    }
    assert (run.verdict.decision, run.exit_code) == (Decision.HOLD, 10)
    assert any("family/breaks broke and says nothing: RuntimeError: bug" in reason for reason in run.verdict.reasons)


async def test_a_bug_of_the_harness_itself_still_ends_in_a_run(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """It is a result of its own, the checks that did not run are not forgotten, and the exit code says 3."""
    only_these(probe("family/fine", fine))

    def broken(_name: str, _sentence: str) -> None:
        if "checks" in _sentence:
            raise RuntimeError("a bug")

    progress = type("Broken", (), {"phase": staticmethod(broken), "step": lambda *_: None})()
    run = await engine.verify(options(url, notebook, progress=progress))
    results = {result.check.id: result for result in run.results}
    assert results["preflight/harness"].error is not None
    assert results["family/fine"].observations[0].reason == "not-run"
    assert (run.verdict.decision, run.exit_code) == (Decision.HOLD, 3)


async def test_checks_that_drain_come_after_all_others(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """Whatever the order of discovery; those of them that freeze a dependency are alone as well."""
    order: list[str] = []

    def noting(name: str) -> Callable[[Lab], AsyncIterator[Observation]]:
        async def run(_lab: Lab) -> AsyncIterator[Observation]:
            order.append(f"{name} begins")
            await asyncio.sleep(0.02)
            order.append(f"{name} ends")
            yield passed(name, "fine")

        return run

    drains, alone = Needs(drains=True), Needs(exclusive=True)
    only_these(
        probe("a/freeze", noting("freeze"), needs=Needs(drains=True, exclusive=True)),
        probe("b/drain", noting("drain 1"), needs=drains),
        probe("b/drains", noting("drain 2"), needs=drains),
        probe("c/alone", noting("alone"), needs=alone),
        probe("d/one", noting("one")),
        probe("e/two", noting("two")),
    )
    await engine.verify(options(url, notebook))
    assert sorted(order[:4]) == ["one begins", "one ends", "two begins", "two ends"]
    assert order[0].endswith("begins")
    assert order[1].endswith("begins")
    assert order[4:6] == ["alone begins", "alone ends"]
    assert order[6:10] == ["drain 1 begins", "drain 2 begins", "drain 1 ends", "drain 2 ends"]
    assert order[10:] == ["freeze begins", "freeze ends"]
