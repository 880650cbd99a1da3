"""Statistical decisions: the figures of the textbook, and what must hold for any sample."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model import Outcome
from harness.statistics import (
    block_quantile_decision,
    clopper_pearson,
    mann_whitney,
    proportion_decision,
    quantile_decision,
    quantile_difference,
    samples_for_effect,
    sign_test,
    theil_sen,
    trials_to_see,
)

PASSED, FAILED, INCONCLUSIVE = Outcome.PASSED, Outcome.FAILED, Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("failures", "n", "outcome"),
    [
        (0, 0, INCONCLUSIVE),
        (0, 298, INCONCLUSIVE),
        (0, 299, PASSED),
        (1, 472, INCONCLUSIVE),
        (1, 473, PASSED),
        (4, 1000, PASSED),
        (5, 1000, INCONCLUSIVE),
        (15, 1000, INCONCLUSIVE),
        (16, 1000, FAILED),
        (1, 1, FAILED),
    ],
)
def test_success_rate_of_99_percent(failures: int, n: int, outcome: Outcome) -> None:
    """299 clean requests show 99 %, one failure asks for 473, and 16 failures in 1,000 refute it."""
    assert proportion_decision(n - failures, n, limit=0.99).outcome is outcome


@pytest.mark.parametrize(
    ("over", "n", "outcome"),
    [
        (0, 58, INCONCLUSIVE),
        (0, 59, PASSED),
        (8, 300, PASSED),
        (9, 300, INCONCLUSIVE),
        (38, 1000, PASSED),
        (39, 1000, INCONCLUSIVE),
        (1000, 1000, FAILED),
    ],
)
def test_p95(over: int, n: int, outcome: Outcome) -> None:
    """59 requests within the limit show a p95, 300 may have 8 over it, 1,000 may have 38."""
    values = [100.0] * (n - over) + [math.inf] * over
    assert quantile_decision(values, limit=400).outcome is outcome


def test_no_sample_is_no_pass() -> None:
    """Nothing measured is INCONCLUSIVE and says how many samples are needed."""
    assert (proportion_decision(0, 0, limit=0.99).more, quantile_decision([], limit=400).more) == (299, 59)
    for judged in (quantile_decision([], limit=400), block_quantile_decision([], [], limit=400)):
        assert (judged.outcome, judged.observed, judged.low, judged.high) == (INCONCLUSIVE, None, None, None)


def test_bounds_are_those_of_the_textbook() -> None:
    """Ten of ten has the lower bound 0.05 ** (1/10), none of ten the mirrored upper one."""
    low, high = clopper_pearson(10, 10)
    assert (low, high) == pytest.approx((0.05**0.1, 1.0))
    assert clopper_pearson(0, 10) == pytest.approx((0.0, 1 - 0.05**0.1))


@pytest.mark.parametrize(("successes", "n"), [(-1, 3), (4, 3)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    """More successes than samples, or fewer than none, is an error of the caller."""
    with pytest.raises(ValueError, match="successes"):
        clopper_pearson(successes, n)


def test_nan_is_refused() -> None:
    """A latency that is no number is refused rather than sorted somewhere."""
    with pytest.raises(ValueError, match="NaN"):
        quantile_decision([math.nan], limit=400)


@given(st.data())
def test_bounds_enclose_the_share(data: st.DataObject) -> None:
    """The observed share lies between its bounds, and they leave 5 % on each side at most."""
    n = data.draw(st.integers(1, 500))
    successes = data.draw(st.integers(0, n))
    low, high = clopper_pearson(successes, n)
    assert 0 <= low <= successes / n <= high <= 1


@given(st.integers(0, 60), st.integers(0, 600), st.integers(1, 2000))
def test_more_is_what_settles_it(failures: int, successes: int, minimum: int) -> None:
    """With as many more samples of the same kind the answer is settled, and `more` is 0 exactly when it is."""
    n = failures + successes
    judged = proportion_decision(successes, n, limit=0.95, minimum=minimum)
    assert (judged.more == 0) is (judged.outcome is not INCONCLUSIVE)
    if judged.more and failures == 0:
        assert proportion_decision(n + judged.more, n + judged.more, limit=0.95, minimum=minimum).outcome is PASSED
        fewer = n + judged.more - 1
        assert proportion_decision(fewer, fewer, limit=0.95, minimum=minimum).outcome is INCONCLUSIVE


def test_on_the_limit_no_number_of_samples_settles_it() -> None:
    """A share that is exactly the limit stays open for ever."""
    assert proportion_decision(99, 100, limit=0.99).more is None


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 50))
def test_further_failures_never_help(failures: int, successes: int, added: int) -> None:
    """Adding failures never moves a decision towards PASSED."""
    ladder = [FAILED, INCONCLUSIVE, PASSED]
    before = proportion_decision(successes, successes + failures, limit=0.95)
    after = proportion_decision(successes, successes + failures + added, limit=0.95)
    assert ladder.index(after.outcome) <= ladder.index(before.outcome)


@given(st.integers(0, 40), st.integers(0, 40))
def test_minimum_only_stands_before_a_pass(failures: int, successes: int) -> None:
    """Too few samples for the minimum turn PASSED into INCONCLUSIVE and leave FAILED alone."""
    free = proportion_decision(successes, successes + failures, limit=0.8)
    bound = proportion_decision(successes, successes + failures, limit=0.8, minimum=1000)
    assert bound.outcome is (INCONCLUSIVE if free.outcome is PASSED else free.outcome)


latencies = st.lists(st.floats(0, 1000) | st.just(math.inf), min_size=1, max_size=120)


@given(latencies, st.floats(1, 900))
def test_bounds_of_a_quantile_agree_with_its_decision(values: list[float], limit: float) -> None:
    """PASSED exactly when the upper bound is within the limit, FAILED when the lower one is beyond it."""
    judged = quantile_decision(values, limit=limit)
    assert (judged.outcome is PASSED) is (judged.high is not None and judged.high <= limit)
    within = sum(value <= limit for value in values)
    assert (judged.outcome is FAILED) is (clopper_pearson(within, len(values))[1] < 0.95)
    if judged.low is not None:
        assert (judged.outcome is FAILED) is (judged.low > limit)


@given(latencies, st.floats(1, 900), st.floats(0, 500))
def test_slower_never_helps(values: list[float], limit: float, delay: float) -> None:
    """Adding a delay to every answer never moves a decision towards PASSED."""
    ladder = [FAILED, INCONCLUSIVE, PASSED]
    before = quantile_decision(values, limit=limit).outcome
    after = quantile_decision([value + delay for value in values], limit=limit).outcome
    assert ladder.index(after) <= ladder.index(before)


@pytest.mark.parametrize(
    ("bad", "seconds", "outcome"),
    [
        (0, 58, INCONCLUSIVE),
        (0, 59, PASSED),
        (1, 92, INCONCLUSIVE),
        (1, 93, PASSED),
        (2, 124, PASSED),
        (60, 60, FAILED),
    ],
)
def test_blocks_that_are_all_good_or_all_bad_count_as_one_sample_each(bad: int, seconds: int, outcome: Outcome) -> None:
    """Ten requests in a second that stalls are one stall: 59 clean seconds are needed, 93 with a bad one."""
    stalled = {round((index + 0.5) * seconds / bad) for index in range(bad)} if bad < seconds else set(range(seconds))
    at = [second + tenth / 10 for second in range(seconds) for tenth in range(10)]
    values = [500.0 if math.floor(when) in stalled else 50.0 for when in at]
    assert block_quantile_decision(values, at, limit=400).outcome is outcome


@given(st.lists(st.booleans(), min_size=1, max_size=80))
@settings(max_examples=40, deadline=None)
def test_one_request_in_each_block_is_clopper_pearson(slow: list[bool]) -> None:
    """With one request per block, and stalls no longer than it, the rule is the exact one for shares."""
    alternating = [value and index % 2 == 0 for index, value in enumerate(slow)]
    values = [500.0 if value else 50.0 for value in alternating]
    at = [index + 0.5 for index in range(len(values))]
    exact = quantile_decision(values, limit=400)
    assert block_quantile_decision(values, at, limit=400).outcome is exact.outcome


def test_a_longer_stall_makes_longer_blocks() -> None:
    """One stall of three seconds is one event: 93 seconds do not settle it, 93 blocks of three do."""
    for seconds, outcome in ((93, INCONCLUSIVE), (279, PASSED)):
        at = [tenth / 10 for tenth in range(10 * seconds)]
        values = [500.0 if 30 <= when < 33 else 50.0 for when in at]
        assert block_quantile_decision(values, at, limit=400).outcome is outcome


def test_bursts_do_not_pass_for_independent_requests() -> None:
    """Stalls of a second over 6 % of the time pass the independent rule too often, the block rule in under 5 %."""
    random = np.random.default_rng(20_26)
    runs, independent, blocks = 200, 0, 0
    at = np.arange(60 * 20) / 20
    for _ in range(runs):
        starts = random.uniform(-1, 60, random.poisson(-math.log(0.94) * 61))
        slow = ((at[:, None] >= starts) & (at[:, None] < starts + 1)).any(axis=1)
        values = np.where(slow, 500.0, 50.0).tolist()
        independent += quantile_decision(values, limit=400).outcome is PASSED
        blocks += block_quantile_decision(values, at.tolist(), limit=400).outcome is PASSED
    assert independent / runs > 0.19
    assert blocks / runs < 0.05


@pytest.mark.parametrize("share", [0.06, 0.1])
def test_blocks_hold_their_level_where_slow_answers_are_independent(share: float) -> None:
    """A service that is too slow without any burst passes the block rule in under 5 % as well."""
    random = np.random.default_rng(7)
    at = (np.arange(90 * 10) / 10).tolist()
    passed = sum(
        block_quantile_decision(np.where(random.random(900) < share, 500.0, 50.0).tolist(), at, limit=400).outcome
        is PASSED
        for _ in range(100)
    )
    assert passed <= 4


def test_mann_whitney_sees_a_shift_and_no_more() -> None:
    """Two samples of one kind give no small p, a shifted one gives a tiny p and an effect near 1."""
    random = np.random.default_rng(1)
    a, b = random.normal(0, 1, 200).tolist(), random.normal(0, 1, 200).tolist()
    assert mann_whitney(a, b).p > 1e-3
    shifted = mann_whitney(a, [value + 3 for value in b])
    assert shifted.p < 1e-10
    assert shifted.effect > 0.95


def test_mann_whitney_of_equal_values_says_nothing() -> None:
    """Where all values tie there is no effect and no evidence."""
    assert mann_whitney([1.0] * 30, [1.0] * 30) == mann_whitney([2.0], [2.0])
    assert (mann_whitney([1.0] * 30, [1.0] * 30).effect, mann_whitney([1.0], [1.0]).p) == (0.5, 1.0)


def test_mann_whitney_agrees_with_scipy() -> None:
    """Effect and p-value are those of the reference implementation, ties included."""
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(3)
    a, b = random.integers(0, 20, 80).tolist(), random.integers(2, 22, 90).tolist()
    ours, theirs = mann_whitney(a, b), stats.mannwhitneyu(b, a, method="asymptotic")
    assert ours.p == pytest.approx(theirs.pvalue)
    assert ours.effect == pytest.approx(theirs.statistic / (80 * 90))


def test_sign_test_is_exact() -> None:
    """Ten of ten positive differences have p = 2 / 2 ** 10; zeros decide nothing."""
    assert sign_test([1.0] * 10).p == pytest.approx(2 / 2**10)
    assert sign_test([1.0] * 10 + [0.0] * 5).p == pytest.approx(2 / 2**10)
    assert (sign_test([0.0]).effect, sign_test([0.0]).p, sign_test([1.0, -1.0]).p) == (0.5, 1.0, 1.0)


@given(st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=40))
def test_sign_test_mirrors(differences: list[float]) -> None:
    """Turning every difference around keeps the p-value and mirrors the effect."""
    one, other = sign_test(differences), sign_test([-value for value in differences])
    assert one.p == pytest.approx(other.p)
    assert one.effect == pytest.approx(1 - other.effect)


def test_quantile_difference_is_repeatable_and_covers() -> None:
    """The same seed gives the same interval, and a shift of 100 lies within it."""
    random = np.random.default_rng(6)
    a = random.exponential(50, 400).tolist()
    b = (random.exponential(50, 400) + 100).tolist()
    interval = quantile_difference(a, b, quantile=0.5, seed=1, resamples=300)
    assert interval == quantile_difference(a, b, quantile=0.5, seed=1, resamples=300)
    assert interval.low < 100 < interval.high
    assert interval.high - interval.low < 40


def test_theil_sen_ignores_outliers() -> None:
    """A tenth of wild points leaves the slope where it is, and a flat line has an interval around zero."""
    x = [float(value) for value in range(40)]
    y = [1e6 if value % 10 == 0 else 2 * value + 1 for value in x]
    assert theil_sen(x, y).estimate == pytest.approx(2, abs=0.2)
    random = np.random.default_rng(2)
    flat = theil_sen(x, random.normal(0, 1, 40).tolist())
    assert flat.low < 0 < flat.high
    with pytest.raises(ValueError, match="different x"):
        theil_sen([1.0, 1.0], [1.0, 2.0])


def test_sample_sizes() -> None:
    """Noether's formula for ranks, and the trials that meet a 1 % race with power 0.9999."""
    assert samples_for_effect(0.7) == math.ceil((3.8905918864 + 3.7190164855) ** 2 / (6 * 0.04))
    assert trials_to_see(0.01) == math.ceil(math.log(1e-4) / math.log(0.99))
    assert trials_to_see(1.0) == 1
    for wrong in (0.0, 1.5):
        with pytest.raises(ValueError, match="probability"):
            trials_to_see(wrong)
    with pytest.raises(ValueError, match=r"0\.5"):
        samples_for_effect(0.5)


def test_noether_gives_the_power_it_promises() -> None:
    """At the size for power 0.9, a sample is found different in about nine of ten tries."""
    n = samples_for_effect(0.7, alpha=0.05, power=0.9)
    shift = 2**0.5 * 0.5244005127
    random = np.random.default_rng(11)
    found = sum(
        mann_whitney(random.normal(0, 1, n).tolist(), random.normal(shift, 1, n).tolist()).p < 0.05 for _ in range(300)
    )
    assert 0.84 < found / 300 < 0.97


@pytest.mark.parametrize("empty", [[], [math.inf]])
def test_comparisons_need_finite_values(empty: list[float]) -> None:
    """An empty or infinite sample is refused by every comparison."""
    with pytest.raises(ValueError, match="at least one value"):
        mann_whitney([1.0], empty)
    with pytest.raises(ValueError, match="at least one value"):
        sign_test(empty)
