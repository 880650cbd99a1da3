"""The plan: what runs, in which order, and why the rest does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness import engine
from harness.errors import NothingToTest
from harness.expect import passed
from harness.model import Check, Needs, Outcome, Severity
from tests.harness.bench import options, probe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from harness.lab import Lab
    from harness.model import Observation
    from tests.harness.notebook import Notebook


async def fine(_lab: Lab) -> AsyncIterator[Observation]:
    """Pass."""
    yield passed("thing", "it is fine")


def nobody(_lab: Lab) -> Any:
    """Make no watcher: nothing is run here."""
    raise AssertionError("a plan builds nothing")


WATCHER = Check(
    id="family/watch", title="W", explanation="", severity=Severity.LOW, catches=("a.b",), watch=nobody, needs=Needs()
)
PROBE = probe("family/probe", fine)
ALONE = probe("family/alone", fine, needs=Needs(exclusive=True))
DRAINING = probe("family/draining", fine, needs=Needs(drains=True))
SLOW = probe("other/slow", fine, needs=Needs(slow=True))
FEATURE = probe("other/feature", fine, needs=Needs(features=("load", "limits")))
VERBS = probe("other/verbs", fine, needs=Needs(operations=("create", "search")))


@pytest.fixture
def planned(url: str, notebook: Notebook, only_these: Callable[..., None]) -> Callable[..., engine.Plan]:
    """Plan a run of all these checks."""
    only_these(DRAINING, ALONE, SLOW, PROBE, FEATURE, VERBS, WATCHER)
    return lambda **more: engine.dry_run(options(url, notebook, **more))


def reasons(plan: engine.Plan) -> dict[str, tuple[Outcome, str | None]]:
    """Return why checks do not run."""
    return {result.check.id: (result.outcome, result.observations[0].reason) for result in plan.not_run}


def test_watchers_first_and_what_drains_a_quota_last(planned: Callable[..., engine.Plan], notebook: Notebook) -> None:
    """The order protects the later from the earlier; planning sends nothing."""
    plan = planned()
    assert [check.id for check in plan.checks] == ["family/watch", "family/probe", "family/alone", "family/draining"]
    assert (plan.exclusive, plan.draining) == ((ALONE,), (DRAINING,))
    assert notebook.asked == []


def test_what_is_not_offered_is_skipped_and_what_is_removed_stays_open(planned: Callable[..., engine.Plan]) -> None:
    """Not offered speaks for nobody; removed by hand is a gap in the verdict."""
    assert reasons(planned(skip=("family/probe", "other/feature"))) == {
        "other/slow": (Outcome.SKIPPED, "not-in-profile"),
        "other/feature": (Outcome.INCONCLUSIVE, "removed"),
        "other/verbs": (Outcome.SKIPPED, "not-offered"),
        "family/probe": (Outcome.INCONCLUSIVE, "removed"),
    }


def test_only_leaves_the_others_out_of_the_run_altogether(planned: Callable[..., engine.Plan]) -> None:
    """What was not asked for is not part of it, and what was asked for runs, slow or not."""
    plan = planned(only=("other/slow", "family/probe"))
    assert [check.id for check in plan.checks] == ["other/slow", "family/probe"]
    assert plan.not_run == ()


def test_slow_checks_run_in_the_longer_profiles(planned: Callable[..., engine.Plan]) -> None:
    """The quick profile leaves them out, and says so."""
    assert SLOW in planned(profile="ci").checks
    assert reasons(planned(profile="quick"))["other/slow"] == (Outcome.SKIPPED, "not-in-profile")


def test_an_empty_plan_is_nothing_to_test(planned: Callable[..., engine.Plan], notebook: Notebook) -> None:
    """Before any request, with an exit code of its own."""
    for chosen in ({"only": ("other/feature",)}, {"skip": ("family", "other")}):
        with pytest.raises(NothingToTest, match="nothing to test") as caught:
            planned(**chosen)
        assert caught.value.exit_code == 5
    assert notebook.asked == []


async def test_a_run_of_an_empty_plan_sends_nothing(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """Not even the question whether the target is ready."""
    only_these(FEATURE)
    with pytest.raises(NothingToTest):
        await engine.verify(options(url, notebook))
    assert notebook.asked == []
