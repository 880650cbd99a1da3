"""From rows to scores: what counts as killed, as a false alarm and as a vacuous pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.calibrate.cases import Case, Kind, Row, whole
from harness.calibrate.choice import Extent, Stage, alone, part, stages
from harness.calibrate.score import families, summarise
from harness.scenario import Scenario
from tests.harness.calibrate.made import Silent, made

READS = made("isolation/reads", "isolation.read")
LIMITS = made("limits/exact", "limits.exact")
QUICK = Extent(quick=True)
CHECKS = {check.id: check for check in (READS, LIMITS)}


def row(kind: Kind, name: str, outcomes: dict[str, str], weakness: str = "", error: str | None = None) -> Row:
    """Return the row of a case of the service `s`."""
    case = Case(kind=kind, subject="s", name=name, weakness=weakness)
    catching = tuple(check.id for check in CHECKS.values() if weakness in check.catches)
    return Row(case=case, outcomes=outcomes, catching=catching, error=error)


def test_only_a_failure_of_a_catching_check_kills() -> None:
    """A failure of another check is in the matrix, and kills nothing; neither does an error."""
    rows = [
        row(Kind.FLAW, "seen", {"isolation/reads": "failed"}, "isolation.read"),
        row(Kind.FLAW, "missed", {"isolation/reads": "passed", "limits/exact": "failed"}, "isolation.read"),
        row(Kind.FLAW, "broken", {"isolation/reads": "error"}, "isolation.read"),
    ]
    summary = summarise(rows, CHECKS, complete=False)
    assert (summary.killed, summary.total, summary.survivors) == (1, 3, ("s/missed", "s/broken"))


@pytest.mark.parametrize(
    ("outcome", "failed", "inconclusive"),
    [
        ("passed", (), ()),
        ("failed", ("s:limits/exact",), ()),
        ("inconclusive", (), ("s:limits/exact",)),
        ("error", (), ("s:limits/exact",)),
        ("skipped:not-applicable", (), ()),
    ],
)
def test_a_sound_service_must_be_passed(outcome: str, failed: tuple[str, ...], inconclusive: tuple[str, ...]) -> None:
    """Alarms and open answers on a sound service are named."""
    summary = summarise([row(Kind.SOUND, "sound", {"limits/exact": outcome})], CHECKS, complete=False)
    assert (summary.sound_failed, summary.sound_inconclusive) == (failed, inconclusive)
    assert summary.holds == (not failed and not inconclusive)


@pytest.mark.parametrize(
    ("told", "blurred"),
    [
        (row(Kind.FLAW, "missed", {"isolation/reads": "passed"}, "isolation.read"), True),
        (row(Kind.FLAW, "seen", {"isolation/reads": "failed"}, "isolation.read"), False),
        (row(Kind.FLAW, "unheard of", {}, "isolation.none"), False),
        (row(Kind.SOUND, "slow", {"limits/exact": "inconclusive"}), True),
        (row(Kind.SOUND, "quick", {"limits/exact": "passed"}), False),
        (row(Kind.SOUND, "alarm", {"limits/exact": "inconclusive", "isolation/reads": "failed"}), False),
        (row(Kind.BENIGN, "late", {"limits/exact": "inconclusive"}), False),
    ],
    ids=lambda each: each.case.name if isinstance(each, Row) else "",
)
def test_what_other_trials_may_have_blurred(told: Row, blurred: bool) -> None:
    """A survivor and an open answer are asked once more; an alarm is one, however crowded the machine is."""
    assert told.blurred == blurred


def test_a_check_must_have_passed_somewhere() -> None:
    """Not applicable everywhere proves nothing, once all services were tried."""
    rows = [row(Kind.SOUND, "sound", {"limits/exact": "skipped:not-applicable", "isolation/reads": "passed"})]
    assert summarise(rows, CHECKS, complete=True).never_passed == ("limits/exact",)
    assert summarise(rows, CHECKS, complete=False).holds


def test_a_pass_on_a_hollow_target_is_vacuous_and_the_open_one_must_be_failed() -> None:
    """Where everything is open, checks of access must fail; others may be right about it."""
    rows = [
        row(Kind.HOLLOW, "deaf", {"limits/exact": "passed", "isolation/reads": "inconclusive"}),
        row(Kind.HOLLOW, "open", {"limits/exact": "passed", "isolation/reads": "inconclusive"}),
    ]
    assert summarise(rows, CHECKS, complete=False).hollow_passed == ("s/deaf:limits/exact", "s/open:isolation/reads")


def test_sabotage_is_judged_by_the_checks_that_it_affects() -> None:
    """A bench without Bob's data says nothing of limits."""
    rows = [row(Kind.SABOTAGE, "other-service", {"limits/exact": "passed"})]
    assert summarise(rows, CHECKS, complete=False).sabotage_passed == ("s/other-service:limits/exact",)


def test_a_trial_that_did_not_run_is_no_success() -> None:
    """A sound service that does not start makes the calibration fail."""
    summary = summarise([row(Kind.SOUND, "sound", {}, error="it did not start")], CHECKS, complete=False)
    assert summary.not_run == ("s/sound/sound",)
    assert not summary.holds


def test_families_are_scored_by_rates_and_youdens_j() -> None:
    """True-positive rate less false-positive rate, and the share of vacuous passes."""
    rows = [
        row(Kind.FLAW, "seen", {"isolation/reads": "failed"}, "isolation.read"),
        row(Kind.FLAW, "missed", {"isolation/reads": "passed"}, "isolation.read"),
        row(Kind.SOUND, "sound", {"isolation/reads": "passed"}),
        row(Kind.BENIGN, "variant", {"isolation/reads": "failed"}),
        row(Kind.HOLLOW, "deaf", {"isolation/reads": "inconclusive"}),
    ]
    scores = {family.name: family for family in families(rows, CHECKS)}
    isolation = scores["isolation"]
    assert isolation.true_positive_rate == pytest.approx(0.5)
    assert isolation.false_positive_rate == pytest.approx(0.5)
    assert isolation.youden == pytest.approx(0.0)
    assert isolation.vacuous_pass_rate == pytest.approx(0.0)
    assert scores["limits"].youden is None


def test_a_flaw_is_tried_with_its_own_checks_and_some_with_the_others_too() -> None:
    """What catches it, watchers after probes; where it stands for others, every check over plain HTTP beside it."""
    probe = made("isolation/watches", "isolation.read")
    watcher = replace(probe, run=None, watch=lambda _lab: Silent())
    many = made("isolation/races", "isolation.race", mode="many")
    every = (READS, LIMITS, watcher, many)
    flaw = Case(kind=Kind.FLAW, subject="s", name="leak", weakness="isolation.read")
    own = [Stage(("isolation/reads",)), Stage(("isolation/reads", "isolation/watches"))]
    assert stages(flaw, every, QUICK) == own
    beside = Stage(("isolation/reads", "limits/exact", "isolation/watches"), beside=True)
    assert stages(flaw, every, Extent(beside=frozenset({flaw.id}))) == [*own, beside]
    assert stages(flaw, every, Extent()) == own
    assert stages(Case(kind=Kind.FLAW, subject="s", name="odd", weakness="nothing.else"), every, QUICK) == []


def test_beside_its_own_checks_a_flaw_is_asked_about_one_resource_with_what_it_is_nested_below() -> None:
    """Another resource for each flaw, so that over all of them each is tried; a scenario without any stays as it is."""
    resources = [{"name": "box"}, {"name": "tag"}, {"name": "thing", "parent": "box"}]
    scenario = Scenario.model_validate({"name": "s", "resource": resources})
    cases = [Case(kind=Kind.FLAW, subject="s", name=f"flaw-{number}") for number in range(30)]
    assert {tuple(spec.name for spec in part(scenario, case).resource) for case in cases} == {
        ("box",),
        ("tag",),
        ("box", "thing"),
    }
    assert part(scenario, cases[0]) == part(scenario, cases[0])
    bare = Scenario(name="bare")
    assert part(bare, cases[0]) == bare


def test_a_sound_service_in_a_mode_of_its_own_is_tried_with_what_the_mode_is_about() -> None:
    """Of its other checks the same service in its usual mode is the proof."""
    whole = Case(kind=Kind.SOUND, subject="s", name="sound")
    about = Case(kind=Kind.SOUND, subject="s", name="limits", weakness="limits.")
    assert stages(whole, (READS, LIMITS), QUICK) == [Stage(("isolation/reads", "limits/exact"))]
    assert [stages(about, (READS, LIMITS), extent) for extent in (QUICK, Extent())] == [[Stage(("limits/exact",))]] * 2


def test_what_measures_time_is_tried_alone() -> None:
    """A flaw of latency has the machine for itself; what only needs its target to itself runs beside others."""
    every = (made("load/tail", "latency.tail", timed=True), made("metrics/count", "metrics.errors", exclusive=True))
    assert alone(Case(kind=Kind.FLAW, subject="s", name="slow", weakness="latency.tail"), every)
    assert not alone(Case(kind=Kind.FLAW, subject="s", name="hidden", weakness="metrics.errors"), every)
    assert stages(Case(kind=Kind.SOUND, subject="s", name="sound"), every, Extent()) == [Stage(("metrics/count",))]
    timed = Case(kind=Kind.SOUND, subject="s", name="sound", timed=True)
    assert alone(timed, every)
    assert stages(timed, every, Extent()) == [Stage(("load/tail",))]


def test_the_timed_part_of_a_case_is_no_other_case() -> None:
    """What was tried in two parts is one row: the outcomes of both, and the error of either."""
    first = row(Kind.BENIGN, "variant", {"isolation/reads": "passed"})
    timed = replace(first.case, timed=True)
    assert timed.id != first.case.id
    rows = [first, Row(case=timed, outcomes={"load/tail": "failed"}, error="it ended"), row(Kind.BENIGN, "other", {})]
    joined = whole(rows)
    assert [each.case.name for each in joined] == ["variant", "other"]
    assert joined[0].outcomes == {"isolation/reads": "passed", "load/tail": "failed"}
    assert (joined[0].case.timed, joined[0].error) == (False, "it ended")
