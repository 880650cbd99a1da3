"""The state of a run while it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.engine.phases import CRASH
from harness.engine.probe import told
from harness.model import Result, Step

if TYPE_CHECKING:
    from harness.engine.options import Options
    from harness.engine.plan import Plan
    from harness.lab import Marker, Session
    from harness.load import Lease
    from harness.model import Cleanup, Identity, LoadRun


@dataclass(kw_only=True)
class Conduct:
    """The state of a run: `plan` is what was expected, then what the document and the users allow."""

    options: Options
    session: Session
    plan: Plan
    timeline: list[Step] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    generators: dict[str, Identity] = field(default_factory=dict)
    lease: Lease | BaseException | None = None
    load: LoadRun | None = None
    load_offered: bool = False
    cleaned: dict[Marker, Cleanup] = field(default_factory=dict)
    interrupted: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def cleanup(self) -> tuple[Cleanup, ...]:
        """What became of each object that was to be removed, so far."""
        return tuple(self.cleaned.values())

    def say(self, phase: str, sentence: str) -> None:
        """Add a line to the timeline."""
        self.timeline.append(Step(at=round(self.session.client.recorder.now(), 3), phase=phase, sentence=sentence))
        self.options.progress.phase(phase, sentence)

    def broke(self, broken: Exception) -> None:
        """Take in a bug of the harness itself."""
        self.facts["broken"] = told(broken)
        self.add(Result(check=CRASH, error=told(broken)))

    def add(self, result: Result) -> None:
        """Take in the result of a check."""
        self.keep(result)
        self.options.progress.step(result.check.id, result.outcome.value, result.seconds)

    def keep(self, *results: Result) -> None:
        """Take in results of checks, also of those that did not run."""
        self.results += results
        if self.options.on_result is not None:
            for result in results:
                named = [name for seen in result.observations for name in seen.exchanges]
                self.options.on_result(result, self.session.client.recorder.some(named, self.options.redactor.exchange))
