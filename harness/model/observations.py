"""One judged fact, and its place in the matrices of a report."""

from __future__ import annotations

from dataclasses import dataclass

from harness.model.outcomes import Basis, Nature, Outcome, Severity

FLAKY = "flaky"
"""The reason of what was found in one of two runs: neither a finding nor a pass."""
NOT_RUN = "not-run"
"""The reason of a check that was planned, and had not begun when the run ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a matrix in reports: "isolation" (operation x owner > stranger) or "tokens" (operation x forgery)."""

    matrix: str
    row: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One judged fact.

    `subject` is what it speaks of (an operation id, a header, a resource); `sentence` reads well alone; `exchanges`
    are ids in the order of the steps (create, control, attempt, read-back); `reason` is a code for INCONCLUSIVE and
    SKIPPED (`quota`, `no-control`, `not-offered`, `not-applicable`, `not-seen`, `target-down`, ...). `users` are
    names of identities, attacker last. `severity` overrides that of the check. `basis` is for the engine to set: what a
    failure rests on, None where the exchange it judges is the whole of it. `shows` are words by which the answer to the
    attempt is known again, where its status is not enough.
    """

    subject: str
    outcome: Outcome
    sentence: str
    exchanges: tuple[str, ...] = ()
    reason: str | None = None
    users: tuple[str, ...] = ()
    operation: str | None = None
    cell: Cell | None = None
    nature: Nature = Nature.BEHAVIOURAL
    severity: Severity | None = None
    basis: Basis | None = None
    shows: tuple[str, ...] = ()
