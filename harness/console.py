"""What a run shows while it goes on: one line for each phase, on standard error when the output is for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console as Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from harness.engine import Options

MARKS = {"passed": "[green]✓[/]", "failed": "[red]✗[/]", "inconclusive": "[yellow]?[/]", "error": "[red]![/]", "skipped": "[dim]-[/]"}


class Console:
    """The terminal of one run."""

    def __init__(self, *, json: bool) -> None:
        self._json = json
        self._out = Terminal(stderr=json, highlight=False, soft_wrap=True)

    def head(self, options: Options) -> None:
        self._out.print(f"harness  {options.url}  scenario {options.scenario.name}  profile {options.profile}  run {options.run_id}  seed {options.seed}")

    def phase(self, name: str, sentence: str) -> None:
        self._out.print(f"  [dim]{name:<8}[/] {sentence}")

    def step(self, name: str, outcome: str, seconds: float) -> None:
        self._out.print(f"  {MARKS[outcome]} {name:<40} {seconds:6.1f} s")

    def plan(self, plan: Any) -> None:
        self._out.print(str(plan))

    def verdict(self, bundle: Any, folder: Path) -> None:
        run = bundle.run
        for result in run.results:
            for observation in result.observations:
                if observation.outcome.value in {"failed", "inconclusive", "error"}:
                    self._out.print(f"{MARKS[observation.outcome.value]} {result.check.id}: {observation.sentence}", markup=True)
            if result.error:
                self._out.print(f"! {result.check.id}: {result.error}")
        for gate in run.verdict.gates:
            self._out.print(f"  {MARKS[gate.outcome.value]} {gate.gate.name:<30} {gate.sentence}")
        self._out.print(f"VERDICT {run.verdict.decision.value}")
        for reason in run.verdict.reasons:
            self._out.print(f"   {reason}")
        self._out.print(f"evidence {folder}")
