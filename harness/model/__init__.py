"""The nouns of a run: frozen values that the client records, expectations judge and gates decide on."""

from __future__ import annotations

from harness.model.checks import Check, Needs, Result, Watcher
from harness.model.exchanges import Exchange, Headers, Request, Response
from harness.model.findings import Finding, Waiver, fingerprint
from harness.model.interface import Body, DeclaredResponse, Operation, Parameter, Target
from harness.model.measures import Gate, GateResult, LoadRun, Sample
from harness.model.observations import FLAKY, NOT_RUN, Cell, Observation
from harness.model.outcomes import Basis, Decision, Nature, Outcome, Severity
from harness.model.runs import Cleanup, Run, Step, Verdict
from harness.model.users import ANONYMOUS, Identity, Secret

__all__ = [
    "ANONYMOUS",
    "FLAKY",
    "NOT_RUN",
    "Basis",
    "Body",
    "Cell",
    "Check",
    "Cleanup",
    "Decision",
    "DeclaredResponse",
    "Exchange",
    "Finding",
    "Gate",
    "GateResult",
    "Headers",
    "Identity",
    "LoadRun",
    "Nature",
    "Needs",
    "Observation",
    "Operation",
    "Outcome",
    "Parameter",
    "Request",
    "Response",
    "Result",
    "Run",
    "Sample",
    "Secret",
    "Severity",
    "Step",
    "Target",
    "Verdict",
    "Waiver",
    "Watcher",
    "fingerprint",
]
