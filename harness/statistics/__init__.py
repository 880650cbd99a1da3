"""Statistical statements with their n and their bound: three-way decisions, comparisons and sample sizes."""

from __future__ import annotations

from harness.statistics.compare import (
    Comparison,
    Interval,
    mann_whitney,
    quantile_difference,
    samples_for_effect,
    sign_test,
    theil_sen,
    trials_to_see,
)
from harness.statistics.proportion import Judgement, clopper_pearson, proportion_decision
from harness.statistics.quantile import block_quantile_decision, quantile_decision

__all__ = [
    "Comparison",
    "Interval",
    "Judgement",
    "block_quantile_decision",
    "clopper_pearson",
    "mann_whitney",
    "proportion_decision",
    "quantile_decision",
    "quantile_difference",
    "samples_for_effect",
    "sign_test",
    "theil_sen",
    "trials_to_see",
]
