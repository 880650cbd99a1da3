"""Fuzzing the contract with Schemathesis, in a process of its own behind the gateway."""

from harness.fuzz.again import sent_again
from harness.fuzz.findings import FuzzError, FuzzFinding, FuzzRun, Tally
from harness.fuzz.judge import observations
from harness.fuzz.rules import RULES, WEAKNESSES, Rule
from harness.fuzz.run import PHASE, fuzz

__all__ = [
    "PHASE",
    "RULES",
    "WEAKNESSES",
    "FuzzError",
    "FuzzFinding",
    "FuzzRun",
    "Rule",
    "Tally",
    "fuzz",
    "observations",
    "sent_again",
]
