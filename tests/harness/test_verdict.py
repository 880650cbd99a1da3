"""Verdicts: GO is earned, NO-GO is shown, and everything open is HOLD."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import ConfigurationError
from harness.model import (
    Check,
    Decision,
    Gate,
    GateResult,
    Observation,
    Outcome,
    Result,
    Severity,
    Waiver,
    fingerprint,
)
from harness.verdict import decide, find, waived

PASSED, FAILED, ERROR = Outcome.PASSED, Outcome.FAILED, Outcome.ERROR
INCONCLUSIVE, SKIPPED = Outcome.INCONCLUSIVE, Outcome.SKIPPED
TODAY = dt.date(2026, 11, 23)


def gate(outcome: Outcome, name: str = "a gate", *, required: bool = True) -> GateResult:
    """Return a gate that came out so."""
    return GateResult(
        gate=Gate(name=name, metric=name, comparison="==", limit=0, required=required),
        outcome=outcome,
        sentence=f"It {outcome}.",
    )


def result(*outcomes: Outcome, name: str = "isolation/read", **more: Any) -> Result:
    """Return the result of one check with observations of these outcomes."""
    severity = more.pop("severity", Severity.MEDIUM)
    observations = tuple(
        Observation(subject=f"GET /{index}", outcome=outcome, sentence=f"GET /{index} {outcome}.")
        for index, outcome in enumerate(outcomes)
    )
    check = Check(id=name, title="T", explanation="E", severity=severity, catches=())
    return Result(check=check, observations=observations, **more)


def waiver(of: Result, index: int = 0, *, expires: str = "2026-12-31") -> Waiver:
    """Return a waiver for one observation of a result."""
    return Waiver(
        fingerprint=fingerprint(of.check, of.observations[index]), reason="known", owner="ops", expires=expires
    )


@pytest.mark.parametrize(
    ("gates", "results", "interrupted", "decision"),
    [
        ([gate(PASSED)], [result(PASSED)], None, Decision.GO),
        ([gate(PASSED), gate(SKIPPED)], [result(PASSED), result(SKIPPED)], None, Decision.GO),
        ([gate(PASSED), gate(FAILED)], [result(PASSED)], None, Decision.NO_GO),
        ([gate(PASSED), gate(FAILED, required=False)], [result(PASSED)], None, Decision.NO_GO),
        ([gate(FAILED), gate(INCONCLUSIVE)], [result(ERROR)], "ctrl-c", Decision.NO_GO),
        ([gate(PASSED), gate(INCONCLUSIVE)], [result(PASSED)], None, Decision.HOLD),
        ([gate(PASSED), gate(ERROR)], [result(PASSED)], None, Decision.HOLD),
        ([gate(PASSED), gate(INCONCLUSIVE, required=False)], [result(PASSED)], None, Decision.GO),
        ([gate(PASSED)], [result(INCONCLUSIVE)], None, Decision.HOLD),
        ([gate(PASSED)], [result(PASSED, INCONCLUSIVE)], None, Decision.HOLD),
        ([gate(PASSED)], [result(FAILED, INCONCLUSIVE)], None, Decision.HOLD),
        ([gate(PASSED)], [result(FAILED, error="boom")], None, Decision.HOLD),
        ([gate(PASSED)], [result(PASSED, error="boom")], None, Decision.HOLD),
        ([gate(PASSED)], [result()], None, Decision.HOLD),
        ([gate(PASSED)], [result(INCONCLUSIVE, required=False)], None, Decision.GO),
        ([gate(PASSED)], [result(PASSED)], "ctrl-c", Decision.HOLD),
        ([gate(PASSED)], [result(PASSED, FAILED)], None, Decision.GO),
        ([gate(SKIPPED)], [result(PASSED)], None, Decision.HOLD),
        ([], [], None, Decision.HOLD),
    ],
)
def test_the_decision(
    gates: list[GateResult], results: list[Result], interrupted: str | None, decision: Decision
) -> None:
    """A failed gate is NO-GO; anything required and open, or nothing passed at all, is HOLD; the rest is GO."""
    verdict = decide(gates=gates, results=results, findings=find(results, (), TODAY), interrupted=interrupted)
    assert verdict.decision is decision
    assert verdict.reasons
    assert verdict.gates == tuple(gates)
    assert verdict.exit_code == {Decision.GO: 0, Decision.NO_GO: 1, Decision.HOLD: 10}[decision]


def test_reasons_come_most_important_first() -> None:
    """Failed gates stand before what is open, and that before findings that stop nothing."""
    results = [
        result(FAILED, name="cors/origin", severity=Severity.LOW),
        result(ERROR, INCONCLUSIVE, name="authn/list"),
        result(PASSED, name="errors/body", error="KeyError: id"),
    ]
    verdict = decide(
        gates=[gate(INCONCLUSIVE, "p95"), gate(FAILED, "cleanup")],
        results=results,
        findings=find(results, (), TODAY),
        interrupted="SIGINT",
    )
    assert verdict.reasons[:-1] == (
        "cleanup: It failed.",
        "The run was interrupted (SIGINT); run it again to the end.",
        "p95: It inconclusive.",
        "No gate passed, so nothing speaks for this build; offer what the gates need and run again.",
        "authn/list could not conclude (2 times): GET /0 error.",
        "errors/body broke and says nothing: KeyError: id",
    )
    assert verdict.reasons[-1].startswith("COR-")
    assert verdict.reasons[-1].endswith("(low, stops no gate by itself): GET /0 failed.")


def test_go_says_what_it_rests_on() -> None:
    """GO counts the gates and checks that passed, those that had nothing to decide, and what was waived."""
    failed = result(PASSED, FAILED, name="authn/list", severity=Severity.HIGH)
    results = [result(PASSED), failed]
    findings = find(results, [waiver(failed, 1)], TODAY)
    verdict = decide(gates=[gate(PASSED), gate(SKIPPED)], results=results, findings=findings)
    assert (verdict.decision, verdict.waived) == (Decision.GO, 1)
    assert verdict.reasons[0] == "1 gate and 1 check passed; 1 gate had nothing to decide; 1 finding waived."
    assert "is waived until 2026-12-31 by ops (known): GET /1 failed." in verdict.reasons[1]


@pytest.mark.parametrize(("expires", "live"), [("2026-11-22", False), ("2026-11-23", True), ("2027-01-01", True)])
def test_a_waiver_lives_to_the_end_of_its_last_day(expires: str, live: bool) -> None:
    """An expired waiver counts as none."""
    failed = result(FAILED)
    [finding] = find([failed], [waiver(failed, expires=expires)], TODAY)
    assert (finding.waiver is not None) is live
    assert waived([finding]) == (frozenset({finding.fingerprint}) if live else frozenset())


@pytest.mark.parametrize("expires", ["", "soon", "2026-13-01", "31.12.2026"])
def test_a_waiver_needs_a_date(expires: str) -> None:
    """An expiry that is no ISO date is an error that names the waiver."""
    failed = result(FAILED)
    with pytest.raises(ConfigurationError, match="expected expires as a date"):
        find([failed], [waiver(failed, expires=expires)], TODAY)


def test_a_waiver_covers_its_own_finding_only() -> None:
    """Another subject of the same check is not waived."""
    failed = result(FAILED, FAILED)
    findings = find([failed], [waiver(failed, 1)], TODAY)
    assert [finding.waiver is not None for finding in findings if finding.observation.subject == "GET /1"] == [True]
    assert len(waived(findings)) == 1


def test_findings_come_worst_first_and_once() -> None:
    """Findings are sorted by severity; the same fact seen twice is one finding at its worst."""
    mild = result(FAILED, name="a/low", severity=Severity.LOW)
    bad = result(FAILED, name="z/critical", severity=Severity.CRITICAL)
    twice = dataclasses.replace(
        mild, observations=(*mild.observations, dataclasses.replace(mild.observations[0], severity=Severity.HIGH))
    )
    assert [finding.severity for finding in find([mild, bad], (), TODAY)] == [Severity.CRITICAL, Severity.LOW]
    assert [finding.severity for finding in find([twice], (), TODAY)] == [Severity.HIGH]
    assert find([result(PASSED, INCONCLUSIVE, SKIPPED, ERROR)], (), TODAY) == ()


outcomes = st.sampled_from(list(Outcome))
gate_results = st.lists(st.builds(gate, outcomes, st.text(max_size=3), required=st.booleans()), max_size=5)
results_of_a_run = st.lists(
    st.builds(
        lambda seen, **more: result(*seen, **more),
        st.lists(outcomes, max_size=4),
        name=st.sampled_from(["a/b", "c/d", "e/f"]),
        severity=st.sampled_from(list(Severity)),
        error=st.sampled_from([None, None, "boom"]),
        required=st.booleans(),
    ),
    max_size=5,
)
interruptions = st.sampled_from([None, "SIGINT"])
TOWARDS_GO = [Decision.NO_GO, Decision.HOLD, Decision.GO]


def decided(gates: list[GateResult], results: list[Result], interrupted: str | None = None) -> Decision:
    """Return the decision alone."""
    return decide(gates=gates, results=results, findings=find(results, (), TODAY), interrupted=interrupted).decision


@given(gate_results, results_of_a_run, interruptions, outcomes.filter(lambda outcome: outcome is not PASSED))
def test_nothing_bad_moves_towards_go(
    gates: list[GateResult], results: list[Result], interrupted: str | None, outcome: Outcome
) -> None:
    """A further gate, check or observation that did not pass never improves a decision, nor does an interruption."""
    before = TOWARDS_GO.index(decided(gates, results, interrupted))
    assert TOWARDS_GO.index(decided([*gates, gate(outcome)], results, interrupted)) <= before
    assert TOWARDS_GO.index(decided(gates, [*results, result(outcome)], interrupted)) <= before
    assert TOWARDS_GO.index(decided(gates, results, "SIGTERM")) <= before
    if results:
        more = result(outcome).observations
        first = dataclasses.replace(results[0], observations=(*results[0].observations, *more))
        if results[0].observations:
            assert TOWARDS_GO.index(decided(gates, [first, *results[1:]], interrupted)) <= before


@given(gate_results, results_of_a_run, interruptions)
def test_go_means_nothing_required_is_open(
    gates: list[GateResult], results: list[Result], interrupted: str | None
) -> None:
    """GO: a gate passed, none failed, nothing required is open, and the run went to its end."""
    if decided(gates, results, interrupted) is Decision.GO:
        assert interrupted is None
        assert PASSED in {one.outcome for one in gates}
        assert FAILED not in {one.outcome for one in gates}
        assert not [one for one in gates if one.gate.required and one.outcome in {ERROR, INCONCLUSIVE}]
        assert not [one for one in results if one.required and one.outcome in {ERROR, INCONCLUSIVE}]


@given(gate_results, results_of_a_run, interruptions, st.randoms())
@settings(max_examples=50)
def test_order_does_not_matter(
    gates: list[GateResult], results: list[Result], interrupted: str | None, random: Any
) -> None:
    """The decision is that of a set of facts, not of the order in which they were found."""
    shuffled = random.sample(gates, len(gates)), random.sample(results, len(results))
    assert decided(gates, results, interrupted) is decided(*shuffled, interrupted)


@given(gate_results, results_of_a_run, interruptions)
@settings(max_examples=50)
def test_the_decision_can_be_recomputed_from_what_was_written(
    gates: list[GateResult], results: list[Result], interrupted: str | None
) -> None:
    """Written as JSON and read back, the inputs give the same decision for the same reasons."""
    written = json.dumps(
        {
            "gates": [dataclasses.asdict(one) for one in gates],
            "results": [
                {
                    "check": {"id": one.check.id, "severity": one.check.severity},
                    "observations": [dataclasses.asdict(seen) for seen in one.observations],
                    "error": one.error,
                    "required": one.required,
                }
                for one in results
            ],
        }
    )
    read = json.loads(written)
    gates_read = [
        GateResult(**{**one, "gate": Gate(**one["gate"]), "outcome": Outcome(one["outcome"])}) for one in read["gates"]
    ]
    results_read = [
        Result(
            check=Check(
                id=one["check"]["id"],
                title="T",
                explanation="E",
                severity=Severity(one["check"]["severity"]),
                catches=(),
            ),
            observations=tuple(
                Observation(subject=seen["subject"], outcome=Outcome(seen["outcome"]), sentence=seen["sentence"])
                for seen in one["observations"]
            ),
            error=one["error"],
            required=one["required"],
        )
        for one in read["results"]
    ]
    before = decide(gates=gates, results=results, findings=find(results, (), TODAY), interrupted=interrupted)
    after = decide(
        gates=gates_read, results=results_read, findings=find(results_read, (), TODAY), interrupted=interrupted
    )
    assert (before.decision, before.reasons) == (after.decision, after.reasons)
