"""Gates: what a line of text means, and what a run decides on each."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import ConfigurationError
from harness.gates import default_gates, evaluate, format_gate, parse_gate
from harness.model import (
    Cell,
    Check,
    Cleanup,
    Gate,
    GateResult,
    LoadRun,
    Observation,
    Outcome,
    Result,
    Sample,
    Severity,
    fingerprint,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

PASSED, FAILED, ERROR = Outcome.PASSED, Outcome.FAILED, Outcome.ERROR
INCONCLUSIVE, SKIPPED = Outcome.INCONCLUSIVE, Outcome.SKIPPED


def check(family: str = "isolation", severity: Severity = Severity.CRITICAL, name: str = "check") -> Check:
    """Return a check of that family."""
    return Check(id=f"{family}/{name}", title="T", explanation="E", severity=severity, catches=())


def seen(outcome: Outcome, subject: str = "GET /x", **more: Any) -> Observation:
    """Return an observation of that outcome."""
    return Observation(subject=subject, outcome=outcome, sentence=f"{subject} {outcome}.", **more)


def result(*outcomes: Outcome, family: str = "isolation", **more: Any) -> Result:
    """Return the result of one check with observations of these outcomes."""
    observations = tuple(seen(outcome, f"subject {index}") for index, outcome in enumerate(outcomes))
    return Result(check=check(family, more.pop("severity", Severity.CRITICAL)), observations=observations, **more)


def cells(matrix: str, *outcomes: Iterable[Outcome], **more: Any) -> Result:
    """Return a result with one cell per argument, which holds all the outcomes given for it."""
    observations = tuple(
        seen(outcome, cell=Cell(matrix=matrix, row=f"GET /{index}", column="alice > bob"))
        for index, outcomes_of_cell in enumerate(outcomes)
        for outcome in outcomes_of_cell
    )
    return Result(check=check(matrix), observations=observations, **more)


def judge(line: str, **facts: Any) -> GateResult:
    """Return how the gate of that line came out."""
    [judged] = evaluate([parse_gate(line)], **{"results": (), **facts})
    return judged


def load(*samples: Sample, **changed: Any) -> LoadRun:
    """Return an honest load run."""
    seconds = max((sample.intended for sample in samples), default=0.0) + 1
    parts: dict[str, Any] = {
        "samples": samples,
        "seconds": seconds,
        "asked_rate": len(samples) / seconds,
        "lateness_p99": 0.002,
        "generator_cpu": 0.2,
    }
    return LoadRun(**{**parts, **changed})


def samples(count: int, *, kind: str = "ok", latency: float = 0.05, rate: float = 10, operation: str = "GET /x") -> Any:
    """Return evenly spaced arrivals."""
    return [
        Sample(
            operation=operation,
            intended=index / rate,
            started=None if kind == "unsent" else index / rate,
            done=None if kind in {"unsent", "timeout"} else index / rate + latency,
            kind=kind,
        )
        for index in range(count)
    ]


# The grammar.


@pytest.mark.parametrize(
    ("line", "metric", "comparison", "limit", "unit"),
    [
        ("success rate >= 99 %", "success rate", ">=", 99, "%"),
        ('success rate "GET /x" >= 99.5%', "success rate:GET /x", ">=", 99.5, "%"),
        ("p95 <= 400 ms", "p95", "<=", 400, "ms"),
        ("  P99.9  <=  1.5 s  ", "p99.9", "<=", 1500, "ms"),
        ('p95 "POST /search" <= 250 ms', "p95:POST /search", "<=", 250, "ms"),
        ("security violations == 0", "security violations", "==", 0, ""),
        ("isolation verified == 100 %", "isolation verified", "==", 100, "%"),
        ("jwt enforcement == 100 %", "jwt enforcement", "==", 100, "%"),
        ("rate-limit isolation == all passed", "rate-limit isolation", "==", 100, "all passed"),
        ("contract <= 3", "contract", "<=", 3, ""),
        ("cleanup == 0", "cleanup", "==", 0, ""),
        ("generator honest", "generator honest", "==", 1, ""),
    ],
)
def test_a_line_is_a_gate(line: str, metric: str, comparison: str, limit: float, unit: str) -> None:
    """Each metric has its comparison and its unit; spaces and case do not matter, seconds become milliseconds."""
    gate = parse_gate(line)
    assert (gate.metric, gate.comparison, gate.limit, gate.unit) == (metric, comparison, limit, unit)
    assert (gate.confidence, gate.minimum, gate.required) == (0.95, 1, True)


def test_a_line_may_go_on() -> None:
    """Confidence, least number of samples and whether the gate may stay open follow the limit."""
    gate = parse_gate("p95 <= 400 ms at 99 % confidence from 1000 samples optional")
    assert (gate.confidence, gate.minimum, gate.required) == (0.99, 1000, False)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "column 1: expected a metric"),
        ("sucess rate >= 99 %", 'did you mean "success rate"?'),
        ("success rate > 99 %", "column 14: expected >=, found"),
        ("success rate >= 99", "column 19: expected %, found the end of the line"),
        ("success rate >= 100 %", "no number of samples can show 100 %"),
        ("success rate >= lots", "column 17: expected a number"),
        ("p95 <= 4 min", "column 10: expected ms or s"),
        ("p0 <= 4 ms", "expected a percentile between p0 and p100"),
        ("p100 <= 4 ms", "expected a percentile between p0 and p100"),
        ("p95x <= 4 ms", "expected a metric"),
        ("isolation verified == 99 %", "column 23: expected 100 %"),
        ("isolation verified == 101 %", "column 23: expected at most 100 %"),
        ("security violations <= 2", "column 24: expected 0"),
        ("contract == 1.5", "column 13: expected a whole number"),
        ("cleanup", "column 8: expected == or <=, found the end of the line"),
        ("rate-limit isolation == most", "column 25: expected all passed"),
        ("generator honest == 1", "column 18: expected the end"),
        ("p95 <= 400 ms at 30 % confidence", "column 15: expected a confidence"),
        ("p95 <= 400 ms at 100 % confidence", "column 15: expected a confidence"),
        ("p95 <= 400 ms please", 'column 15: expected the end, "at N % confidence"'),
    ],
)
def test_a_wrong_line_says_where_and_what(line: str, says: str) -> None:
    """An error names the line, the column, what was expected there, and the likely intent."""
    with pytest.raises(ConfigurationError) as caught:
        parse_gate(line)
    assert says in str(caught.value)
    assert repr(line) in str(caught.value)


@given(
    st.sampled_from(["success rate >= {} %", 'p95 "GET /a b" <= {} ms', "p99 <= {} s", "contract <= {}"]),
    st.integers(0, 99),
    st.sampled_from(["", " at 99 % confidence"]),
    st.sampled_from(["", " from 20 samples"]),
    st.sampled_from(["", " optional"]),
)
def test_a_gate_is_written_as_it_is_read(line: str, limit: int, level: str, least: str, optional: str) -> None:
    """Formatting a gate and parsing it again gives the same gate."""
    gate = parse_gate(line.format(limit) + level + least + optional)
    assert parse_gate(format_gate(gate)) == gate


@given(st.text(max_size=40))
def test_any_text_is_a_gate_or_a_configuration_error(line: str) -> None:
    """No text breaks the parser in another way."""
    try:
        parsed = parse_gate(line)
    except ConfigurationError:
        return
    assert isinstance(parsed, Gate)


def test_default_gates_are_those_of_the_mission() -> None:
    """The defaults cover the nine metrics, and an unknown profile is refused with a hint."""
    assert [format_gate(gate) for gate in default_gates("full")] == [
        "security violations == 0",
        "isolation verified == 100 %",
        "jwt enforcement == 100 %",
        "rate-limit isolation == all passed",
        "contract == 0",
        "cleanup == 0",
        "generator honest",
        "success rate >= 99 %",
        "p95 <= 400 ms",
    ]
    with pytest.raises(ConfigurationError, match='did you mean "quick"'):
        default_gates("quik")


def test_nothing_observed_passes_nothing() -> None:
    """With no results, no load and nothing created, no gate passes."""
    judged = evaluate(default_gates(), results=(), load_offered=True)
    assert {result.outcome for result in judged} == {INCONCLUSIVE, SKIPPED}
    assert [result.gate.name for result in judged if result.outcome is SKIPPED] == ["cleanup"]
    assert all(result.sentence.endswith(".") for result in judged)


# Security violations.


@pytest.mark.parametrize(
    ("results", "outcome"),
    [
        ([result(PASSED)], PASSED),
        ([result(PASSED, FAILED)], FAILED),
        ([result(PASSED, FAILED, severity=Severity.MEDIUM)], INCONCLUSIVE),
        ([result(PASSED), result(FAILED, severity=Severity.LOW, family="cors")], PASSED),
        ([result(PASSED), result(INCONCLUSIVE)], INCONCLUSIVE),
        ([result(PASSED), result(PASSED, error="boom")], INCONCLUSIVE),
        ([result(PASSED), result(INCONCLUSIVE, required=False)], PASSED),
        ([result(PASSED), result(INCONCLUSIVE, severity=Severity.LOW)], PASSED),
        ([result(SKIPPED)], INCONCLUSIVE),
        ([result(FAILED, required=False)], FAILED),
        ([result(FAILED, error="boom")], FAILED),
    ],
)
def test_security_violations(results: list[Result], outcome: Outcome) -> None:
    """A high or critical failure is a violation; without any answer, or with an open check, it is not a pass."""
    assert judge("security violations == 0", results=results).outcome is outcome


def test_an_observation_may_be_worse_or_milder_than_its_check() -> None:
    """The severity of the observation decides, not that of its check."""
    mild = Result(check=check(), observations=(seen(PASSED), seen(FAILED, "b", severity=Severity.LOW)))
    bad = Result(
        check=check(severity=Severity.LOW), observations=(seen(PASSED), seen(FAILED, "b", severity=Severity.HIGH))
    )
    assert judge("security violations == 0", results=[mild]).outcome is PASSED
    assert judge("security violations == 0", results=[bad]).outcome is FAILED


def test_a_waived_violation_is_not_counted_but_named() -> None:
    """A live waiver takes its finding out of security violations and contract, and out of no share."""
    failed = cells("isolation", [FAILED], [PASSED])
    waived = frozenset({fingerprint(failed.check, failed.observations[0])})
    violation = judge("security violations == 0", results=[failed], waived=waived)
    assert (violation.outcome, violation.observed) == (PASSED, 0)
    assert "1 waived" in violation.sentence
    assert judge("isolation verified == 100 %", results=[failed], waived=waived).outcome is FAILED
    broken = result(PASSED, FAILED, family="contract")
    waived = frozenset({fingerprint(broken.check, broken.observations[1])})
    assert judge("contract == 0", results=[broken], waived=waived).outcome is PASSED


def test_a_leak_under_load_is_a_violation() -> None:
    """A foreign marker in a response of the load run counts like one that a check saw."""
    run = load(*samples(10), leaks=("alice's marker in a response to bob",))
    judged = judge("security violations == 0", results=[result(PASSED)], load=run)
    assert (judged.outcome, judged.observed) == (FAILED, 1)
    assert "responses under load" in judged.sentence


# Matrices.


@pytest.mark.parametrize("matrix", ["isolation", "tokens"])
@pytest.mark.parametrize(
    ("results", "outcome", "share"),
    [
        ([[PASSED]], PASSED, 100),
        ([[PASSED], [FAILED]], FAILED, 50),
        ([[PASSED, FAILED]], FAILED, 0),
        ([[PASSED], [INCONCLUSIVE]], INCONCLUSIVE, 50),
        ([[PASSED], [ERROR]], INCONCLUSIVE, 50),
        ([[PASSED], [SKIPPED]], PASSED, 100),
        ([[SKIPPED]], INCONCLUSIVE, None),
        ([], INCONCLUSIVE, None),
    ],
)
def test_matrices(matrix: str, results: list[list[Outcome]], outcome: Outcome, share: float | None) -> None:
    """One breached cell fails the gate, one unproved cell leaves it open, and no cell at all is no pass."""
    line = "isolation verified == 100 %" if matrix == "isolation" else "jwt enforcement == 100 %"
    judged = judge(line, results=[cells(matrix, *results)])
    assert (judged.outcome, judged.observed) == (outcome, share)
    other = "jwt enforcement == 100 %" if matrix == "isolation" else "isolation verified == 100 %"
    assert judge(other, results=[cells(matrix, *results)]).outcome is INCONCLUSIVE


def test_a_broken_check_leaves_the_matrix_open() -> None:
    """A check of the family that broke may have had more cells to fill."""
    held = cells("isolation", [PASSED])
    broken = dataclasses.replace(held, check=check("isolation", name="other"), error="boom")
    judged = judge("isolation verified == 100 %", results=[held, broken])
    assert (judged.outcome, judged.reason) == (INCONCLUSIVE, "incomplete")
    assert "isolation/other" in judged.sentence


@pytest.mark.parametrize(
    ("results", "outcome"),
    [
        ([result(PASSED, family="limits")], PASSED),
        ([result(PASSED, family="limits"), result(SKIPPED, family="limits")], PASSED),
        ([result(PASSED, family="limits"), result(FAILED, family="limits")], FAILED),
        ([result(PASSED, INCONCLUSIVE, family="limits")], INCONCLUSIVE),
        ([result(PASSED, family="limits", error="boom")], INCONCLUSIVE),
        ([result(SKIPPED, family="limits")], SKIPPED),
        ([result(PASSED, family="other")], INCONCLUSIVE),
    ],
)
def test_rate_limit_isolation(results: list[Result], outcome: Outcome) -> None:
    """All rate-limit checks have to pass; where none applies the gate is skipped."""
    assert judge("rate-limit isolation == all passed", results=results).outcome is outcome


@pytest.mark.parametrize("family", ["contract", "fuzz", "drift"])
@pytest.mark.parametrize(
    ("outcomes", "outcome"),
    [
        ([PASSED], PASSED),
        ([PASSED, FAILED], FAILED),
        ([PASSED, INCONCLUSIVE], INCONCLUSIVE),
        ([SKIPPED], SKIPPED),
        ([], INCONCLUSIVE),
    ],
)
def test_contract(family: str, outcomes: list[Outcome], outcome: Outcome) -> None:
    """Any finding of a contract, fuzzing or drift check that breaks clients fails the gate."""
    results = [result(*outcomes, family=family, severity=Severity.MEDIUM)]
    assert judge("contract == 0", results=results).outcome is outcome


def test_mild_contract_findings_are_told_and_fail_nothing() -> None:
    """An error that the document does not name is no reason to stop a release; alone it is no pass either."""
    mild = result(FAILED, family="fuzz", severity=Severity.LOW)
    passed_too = judge("contract == 0", results=[mild, result(PASSED, family="contract")])
    assert (passed_too.outcome, "1 mild finding beside" in passed_too.sentence) == (PASSED, True)
    assert judge("contract == 0", results=[mild]).outcome is INCONCLUSIVE


def test_some_contract_findings_may_be_allowed() -> None:
    """With a limit of one, one finding passes and two fail."""
    one, two = (result(PASSED, *[FAILED] * count, family="fuzz") for count in (1, 2))
    assert judge("contract <= 1", results=[one]).outcome is PASSED
    assert judge("contract <= 1", results=[two]).outcome is FAILED


@pytest.mark.parametrize(
    ("outcomes", "outcome"),
    [
        (["deleted", "gone"], PASSED),
        (["deleted", "left"], FAILED),
        (["deleted", "surprise"], FAILED),
        (["deleted", "not-deletable"], PASSED),
        (["not-deletable"], SKIPPED),
        ([], SKIPPED),
    ],
)
def test_cleanup(outcomes: list[str], outcome: Outcome) -> None:
    """What could be deleted and is still there is a leak; what cannot be deleted is only told."""
    entries = [Cleanup(user="alice", resource="file", id=str(n), outcome=word) for n, word in enumerate(outcomes)]
    assert judge("cleanup == 0", cleanup=entries).outcome is outcome


# Load.


@pytest.mark.parametrize("line", ["success rate >= 99 %", "p95 <= 400 ms", "generator honest"])
def test_load_that_was_not_asked_for_is_skipped(line: str) -> None:
    """Not asked for: SKIPPED. Asked for and not done: INCONCLUSIVE."""
    skipped, missing = judge(line), judge(line, load_offered=True)
    assert (skipped.outcome, skipped.reason) == (SKIPPED, "not-offered")
    assert (missing.outcome, missing.reason) == (INCONCLUSIVE, "no-load")


@pytest.mark.parametrize(
    ("failures", "kind", "n", "outcome"),
    [
        (0, "ok", 299, PASSED),
        (0, "ok", 298, INCONCLUSIVE),
        (4, "server-error", 1000, PASSED),
        (5, "timeout", 1000, INCONCLUSIVE),
        (16, "unsent", 1000, FAILED),
        (16, "empty", 1000, FAILED),
        (16, "wrong", 1000, FAILED),
        (16, "limited", 1000, PASSED),
    ],
)
def test_success_rate(failures: int, kind: str, n: int, outcome: Outcome) -> None:
    """Everything scheduled counts, answered or not; an expected 429 is counted apart."""
    run = load(*samples(n - failures), *samples(failures, kind=kind))
    assert judge("success rate >= 99 %", load=run).outcome is outcome


def test_success_rate_of_one_operation() -> None:
    """A gate that names an operation looks at that one only."""
    run = load(*samples(400), *samples(400, kind="wrong", operation="GET /y"))
    assert judge('success rate "GET /x" >= 99 %', load=run).outcome is PASSED
    assert judge('success rate "GET /y" >= 99 %', load=run).outcome is FAILED
    assert judge('success rate "GET /z" >= 99 %', load=run).reason == "no-samples"


@pytest.mark.parametrize("blocks", [True, False])
def test_latency_of_each_operation(blocks: bool) -> None:
    """The general gate is decided for each operation, except where one has a gate of its own."""
    run = load(*samples(600), *samples(600, latency=0.5, operation="GET /slow"))
    gates = [parse_gate("p95 <= 400 ms")]
    judged = evaluate(gates, results=(), load=run, blocks=blocks)
    assert [(result.gate.name, result.outcome) for result in judged] == [
        ('p95 "GET /slow"', FAILED),
        ('p95 "GET /x"', PASSED),
    ]
    assert all(("bursts not assessed" in result.sentence) is not blocks for result in judged)
    gates.append(parse_gate('p95 "GET /slow" <= 800 ms'))
    judged = evaluate(gates, results=(), load=run, blocks=blocks)
    assert [(result.gate.limit, result.outcome) for result in judged] == [(400, PASSED), (800, PASSED)]


def test_a_burst_passes_the_quick_rule_only() -> None:
    """One second of stall in sixty is too much to pass in blocks, and little among independent requests."""
    run = load(*samples(300), *[dataclasses.replace(one, intended=one.intended + 30) for one in samples(300)])
    stalled = tuple(
        dataclasses.replace(one, done=one.intended + 2) if 20 <= one.intended < 21 else one for one in run.samples
    )
    run = dataclasses.replace(run, samples=stalled)
    assert judge("p95 <= 400 ms", load=run, blocks=False).outcome is PASSED
    assert judge("p95 <= 400 ms", load=run, blocks=True).outcome is INCONCLUSIVE


@pytest.mark.parametrize("kind", ["timeout", "server-error", "unsent", "wrong", "empty"])
def test_a_fast_failure_is_not_a_fast_answer(kind: str) -> None:
    """What did not end in the declared success counts as infinitely slow."""
    run = load(*samples(90), *samples(10, kind=kind, latency=0.001))
    judged = judge("p95 <= 400 ms", load=dataclasses.replace(run, asked_rate=1), blocks=False)
    assert judged.outcome is not PASSED
    assert judged.high is None


def test_latency_counts_from_the_intended_time() -> None:
    """A request that left late was slow for its user, however fast the answer."""
    late = [dataclasses.replace(one, started=one.intended + 1, done=one.intended + 1.01) for one in samples(100)]
    judged = judge("p95 <= 400 ms", load=load(*late), blocks=False)
    assert judged.outcome is FAILED
    assert judged.observed == pytest.approx(1010)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"asked_rate": 1000.0}, "requests per second"),
        ({"lateness_p99": 0.5}, "500 ms late"),
        ({"lateness_p99": float("nan")}, "late"),
        ({"generator_cpu": 0.99}, "99% of a core"),
        ({"error": "locust died"}, "it broke (locust died)"),
        ({"samples": ()}, "it sent nothing"),
        ({"seconds": 0.0}, "it sent nothing"),
    ],
)
def test_a_dishonest_generator_decides_nothing(changed: dict[str, Any], says: str) -> None:
    """Where the generator could not do its work, every load gate is open, the bad figures too."""
    for taken in (samples(600), samples(600, latency=2)):
        run = dataclasses.replace(load(*taken), **changed)
        for line in ("generator honest", "success rate >= 99 %", "p95 <= 400 ms"):
            judged = judge(line, load=run)
            assert judged.outcome is INCONCLUSIVE
        assert says in judge("generator honest", load=run).sentence


def test_an_honest_generator_passes() -> None:
    """Rate, lateness and processor time within bounds, which the sentence tells."""
    judged = judge("generator honest", load=load(*samples(600)))
    assert (judged.outcome, judged.n) == (PASSED, 600)
    assert "9.9 of 9.9 requests per second" in judged.sentence


def test_sentences_tell_the_margin_or_what_is_missing() -> None:
    """A passed gate tells its margin, an open one how many more requests would settle it."""
    good = judge("success rate >= 99 %", load=load(*samples(1000)))
    assert good.sentence == (
        "It is 100.00 % (0 failures in 1,000 requests), with 95 % confidence at least 99.70 %: "
        "0.70 points inside the limit of 99.00 %."
    )
    few = judge("success rate >= 99 %", load=load(*samples(100)))
    assert few.sentence.endswith(
        "too few to tell with 95 % confidence whether it is at least 99.00 %; "
        "199 more requests like these, 22 s more of load, would."
    )
    assert few.reason == "underpowered"
    slow = judge("p95 <= 400 ms", load=load(*samples(600, latency=0.5)), blocks=False)
    assert slow.sentence == (
        "It is 500 ms (600 requests, bursts not assessed), with 95 % confidence at least 500 ms: "
        "100 ms outside the limit of 400 ms."
    )
    lost = judge("p95 <= 400 ms", load=load(*samples(600, kind="timeout")))
    assert lost.sentence.startswith("It is infinite (600 requests, in one-second blocks)")
    close = judge("success rate >= 99 %", load=load(*samples(990), *samples(10, kind="wrong")))
    assert close.sentence.endswith("that no number of requests like these would settle it.")
    none = judge("success rate >= 99 %", load=load(*samples(90, kind="limited")))
    assert none.sentence == "No request was measured; it takes at least 299 to show at least 99.00 %."


outcomes = st.sampled_from(list(Outcome))
families = st.sampled_from(["isolation", "tokens", "limits", "contract", "fuzz", "drift", "authn"])


@st.composite
def results_of_a_run(draw: st.DrawFn) -> list[Result]:
    """Draw results of any outcome, in any family, some in cells, some broken, some not required."""
    drawn = []
    for number in range(draw(st.integers(0, 6))):
        family = draw(families)
        observations = tuple(
            seen(
                outcome,
                f"subject {number}.{index}",
                cell=Cell(matrix=family, row=str(index), column="c") if draw(st.booleans()) else None,
            )
            for index, outcome in enumerate(draw(st.lists(outcomes, max_size=4)))
        )
        drawn.append(
            Result(
                check=check(family, draw(st.sampled_from(list(Severity))), name=f"c{number}"),
                observations=observations,
                error=draw(st.sampled_from([None, None, "boom"])),
                required=draw(st.booleans()),
            )
        )
    return drawn


LADDER = {FAILED: 0, INCONCLUSIVE: 1, SKIPPED: 1, PASSED: 2}


@given(results_of_a_run(), families, st.booleans(), st.sampled_from(list(Severity)))
@settings(max_examples=200)
def test_a_further_failure_never_helps(results: list[Result], family: str, in_cell: bool, severity: Severity) -> None:
    """Adding a FAILED observation moves no gate towards PASSED."""
    cell = Cell(matrix=family, row="new", column="c") if in_cell else None
    more = [*results, Result(check=check(family, severity, "new"), observations=(seen(FAILED, "new", cell=cell),))]
    for before, after in zip(
        evaluate(default_gates(), results=results), evaluate(default_gates(), results=more), strict=True
    ):
        assert LADDER[after.outcome] <= LADDER[before.outcome]


@given(results_of_a_run())
@settings(max_examples=200)
def test_a_pass_rests_on_a_pass(results: list[Result]) -> None:
    """Without one PASSED observation no gate passes, whatever else was seen."""
    waived = frozenset(fingerprint(one.check, seen) for one in results for seen in one.observations)
    stripped = [
        dataclasses.replace(one, observations=tuple(seen for seen in one.observations if seen.outcome is not PASSED))
        for one in results
    ]
    judged = evaluate([*default_gates(), parse_gate("contract <= 9")], results=stripped, waived=waived)
    assert all(one.outcome is not PASSED for one in judged)


@given(st.integers(0, 400), st.integers(0, 20), st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_fewer_clean_samples_never_pass_what_was_open(clean: int, failures: int, removed: int) -> None:
    """Taking successes away never turns an open success rate into a pass."""
    many = judge("success rate >= 95 %", load=load(*samples(clean), *samples(failures, kind="timeout")))
    few = judge(
        "success rate >= 95 %", load=load(*samples(max(0, clean - removed)), *samples(failures, kind="timeout"))
    )
    if many.outcome is not PASSED:
        assert few.outcome is not PASSED
