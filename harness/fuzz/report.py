"""The event file of Schemathesis (`--report ndjson`), read as facts."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.fuzz.alarms import is_about_options, is_another_operation, is_declared_unavailability, is_text_in_a_form
from harness.fuzz.findings import FuzzError, FuzzFinding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.openapi import Document

MAX_MESSAGE = 2000
REQUIRED_PHASES = ("coverage", "fuzzing")


@dataclass(kw_only=True)
class Report:
    """What the events say so far.

    `exchanges` has the ids of exchanges by case, and `sent_to` the operation that each of these really asked for.
    """

    document: Document
    exchanges: Mapping[str, Sequence[str]]
    sent_to: Mapping[str, str | None]
    findings: dict[str, FuzzFinding] = field(default_factory=dict)
    phases: dict[str, str] = field(default_factory=dict)
    errors: list[FuzzError] = field(default_factory=list)
    finished: bool = False

    @property
    def sound(self) -> bool:
        """Whether the engine came to its end, through every phase that is required."""
        ran = all(self.phases.get(phase, "skip") not in {"skip", "interrupted"} for phase in REQUIRED_PHASES)
        return self.finished and ran and all(error.operation is not None for error in self.errors)

    def read(self, path: Path) -> Report:
        """Read a file of events; a last line that was cut off is left out."""
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                except ValueError:
                    self.finished = False
                    break
                for kind, body in event.items():
                    self._take(kind, body)
        return self

    def _take(self, kind: str, body: Mapping[str, Any]) -> None:
        match kind:
            case "ScenarioFinished":
                self._scenario(body.get("recorder", {}))
            case "PhaseFinished":
                self.phases[body["phase"]["name"]] = body["status"]
            case "NonFatalError":
                self.errors.append(
                    FuzzError(operation=self._operation(body.get("label")), message=_said(body["value"]))
                )
            case "FatalError":
                self.errors.append(FuzzError(operation=None, message=_said(body["exception"])))
            case "EngineFinished":
                self.finished = body.get("stop_reason") == "completed"

    def _scenario(self, recorder: Mapping[str, Any]) -> None:
        for case_id, checks in recorder.get("checks", {}).items():
            for check in checks:
                if check["status"] == "failure":
                    finding = self._finding(check["name"], check["failure_info"]["failure"], case_id, recorder)
                    if not self._is_false_alarm(finding, recorder["cases"].get(finding.case_id, {}).get("value", {})):
                        self._add(finding)

    def _is_false_alarm(self, finding: FuzzFinding, case: Mapping[str, Any]) -> bool:
        sent_to = self.sent_to.get(finding.exchanges[-1]) if finding.exchanges else None
        return (
            is_another_operation(finding.code, sent_to)
            or is_about_options(finding.code, finding.operation)
            or is_declared_unavailability(finding.check, finding.status, self.document, finding.operation)
            or is_text_in_a_form(finding.code, case, self.document, finding.operation)
        )

    def _finding(self, name: str, failure: Mapping[str, Any], case_id: str, recorder: Mapping[str, Any]) -> FuzzFinding:
        offending = failure.get("case_id") or case_id
        steps = [*_ancestors(recorder.get("cases", {}), offending), offending]
        interaction = recorder.get("interactions", {}).get(offending) or {}
        return FuzzFinding(
            operation=self._operation(failure.get("operation")) or str(failure.get("operation")),
            check=name,
            code=failure["code"],
            title=failure["title"],
            message=failure["message"][:MAX_MESSAGE],
            case_id=offending,
            status=(interaction.get("response") or {}).get("status_code"),
            exchanges=tuple(exchange for step in steps for exchange in self.exchanges.get(step, ())),
        )

    def _add(self, finding: FuzzFinding) -> None:
        first = self.findings.setdefault(finding.id, dataclasses.replace(finding, count=0))
        self.findings[finding.id] = dataclasses.replace(first, count=first.count + 1)

    def _operation(self, label: str | None) -> str | None:
        """Return the id of the operation that a label names, None for one such as "Stateful tests"."""
        method, space, path = (label or "").partition(" ")
        return f"{method} {self.document.prefix}{path}" if space and path.startswith("/") else None


def _ancestors(cases: Mapping[str, Any], case_id: str) -> Iterator[str]:
    """Yield the cases that this one follows from, the first of them first."""
    chain: list[str] = []
    parent = cases.get(case_id, {}).get("parent_id")
    while parent and parent not in chain:
        chain.append(parent)
        parent = cases.get(parent, {}).get("parent_id")
    yield from reversed(chain)


def _said(error: Any) -> str:
    if isinstance(error, dict):
        return f"{error.get('type', 'error')}: {error.get('message', '')}"[:MAX_MESSAGE]
    return str(error)[:MAX_MESSAGE]
