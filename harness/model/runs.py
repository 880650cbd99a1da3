"""A run at its end: what happened, what was cleaned up, what was decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.model.outcomes import Decision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model.checks import Result
    from harness.model.exchanges import Exchange
    from harness.model.findings import Finding
    from harness.model.interface import Target
    from harness.model.measures import GateResult, LoadRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the timeline of a run: seconds since its start, the phase, and a sentence."""

    at: float
    phase: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleanup:
    """What became of one created object, as whom: "deleted", "gone" (before), "left" or "not-deletable"."""

    user: str
    resource: str
    id: str
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The decision with everything that led to it."""

    decision: Decision
    reasons: tuple[str, ...]
    gates: tuple[GateResult, ...]
    findings: tuple[Finding, ...]
    waived: int = 0

    @property
    def exit_code(self) -> int:
        """0 GO, 1 NO-GO, 10 HOLD."""
        return {Decision.GO: 0, Decision.NO_GO: 1, Decision.HOLD: 10}[self.decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything one run knows at its end; bundles are written from it and reports from bundles."""

    id: str
    seed: int
    profile: str
    command: str
    scenario_name: str
    scenario_digest: str
    scenario_text: str
    started: float
    ended: float
    target: Target
    results: tuple[Result, ...]
    exchanges: tuple[Exchange, ...]
    timeline: tuple[Step, ...]
    cleanup: tuple[Cleanup, ...]
    load: LoadRun | None
    verdict: Verdict
    interrupted: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    document: str | None = None

    @property
    def exit_code(self) -> int:
        """The verdict's, but 2 for a run that was interrupted, and 3 where the harness itself broke."""
        if self.interrupted is not None:
            return 2
        return 3 if self.facts.get("broken") else self.verdict.exit_code
