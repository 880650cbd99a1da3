"""The scales: how an observation, a check, a gate and a run come out, and how bad a finding is."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Outcome(enum.StrEnum):
    """The one scale for observations, checks, gates and runs."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    INCONCLUSIVE = "inconclusive"
    SKIPPED = "skipped"

    @staticmethod
    def worst(outcomes: Iterable[Outcome]) -> Outcome:
        """Return FAILED > ERROR > INCONCLUSIVE > PASSED; SKIPPED is neutral, and nothing at all is INCONCLUSIVE."""
        seen = set(outcomes)
        for outcome in (Outcome.FAILED, Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.PASSED, Outcome.SKIPPED):
            if outcome in seen:
                return outcome
        return Outcome.INCONCLUSIVE


class Severity(enum.StrEnum):
    """How bad a finding is, as a security reviewer ranks it."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def blocks(self) -> bool:
        """Whether a finding of this severity is a security violation by itself."""
        return self in {Severity.CRITICAL, Severity.HIGH}


class Decision(enum.StrEnum):
    """What a run says about a build."""

    GO = "GO"
    NO_GO = "NO-GO"
    HOLD = "HOLD"


class Basis(enum.StrEnum):
    """What a failure rests on: proof by itself, the same in two runs of two, or seen once, with the reason told."""

    PROOF = "proof"
    REPEATED = "repeated"
    ONCE = "once"


class Nature(enum.StrEnum):
    """Whether evidence was seen in behaviour, or read off a structure (a catalogue, a document)."""

    BEHAVIOURAL = "behavioural"
    STRUCTURAL = "structural"
