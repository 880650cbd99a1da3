"""Progress: an animated line on a terminal, elsewhere a heartbeat every 30 s; in the end one line for each family."""

from __future__ import annotations

import sys
import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from harness.model import Outcome

if TYPE_CHECKING:
    from rich.status import Status

    from harness.engine import Options

HEARTBEAT = 30.0
MARKS = {
    Outcome.PASSED: "[green]✓[/]",
    Outcome.FAILED: "[bold red]✗[/]",
    Outcome.INCONCLUSIVE: "[yellow]?[/]",
    Outcome.ERROR: "[bold red]![/]",
    Outcome.SKIPPED: "[dim]-[/]",
}


def terminal(*, errors: bool) -> Console:
    """Return the console to write to; NO_COLOR, FORCE_COLOR and the width are rich's business."""
    return Console(stderr=errors, highlight=False, soft_wrap=True)


class Progress:
    """Tells where a run is; everything goes to standard error when standard output is for machines (`--json`)."""

    def __init__(self, *, json: bool) -> None:
        self.console = terminal(errors=json)
        self._status: Status | None = None
        self._phase = "start"
        self._started = time.monotonic()
        self._outcomes: dict[str, list[Outcome]] = defaultdict(list)
        self._seconds: dict[str, float] = defaultdict(float)
        self._stop = threading.Event()

    def head(self, options: Options, version: str) -> None:
        """Say what will be run, so that it can be repeated."""
        self.console.print(
            f"[bold]harness {version}[/]   {escape(options.url)}   scenario {escape(options.scenario.name)}   "
            f"profile {options.profile}   run {options.run_id}   seed {options.seed}"
        )
        if self.console.is_terminal:
            self._status = self.console.status("starting")
            self._status.start()
        else:
            threading.Thread(target=self._beat, daemon=True).start()

    def phase(self, name: str, sentence: str) -> None:
        """A phase begins."""
        self._phase = f"{name}: {sentence}"
        if name in {"users", "safety", "document"}:
            self.console.print(f"  {name:<10} {escape(sentence)}")
        self._update()

    def step(self, name: str, outcome: str, seconds: float) -> None:
        """A check has ended."""
        family = name.partition("/")[0]
        self._outcomes[family].append(Outcome(outcome))
        self._seconds[family] = max(self._seconds[family], seconds)
        self._update(name)

    def done(self) -> None:
        """End the animation, and print one line for each family of checks."""
        self._stop.set()
        if self._status is not None:
            self._status.stop()
        self.console.print()
        for family, outcomes in self._outcomes.items():
            counts = ", ".join(f"{outcomes.count(each)} {each.value}" for each in Outcome if each in outcomes)
            mark = MARKS[Outcome.worst(outcomes)]
            self.console.print(f"  {mark} {family:<15} {counts:<42} {self._seconds[family]:6.1f} s")

    def _update(self, last: str = "") -> None:
        if self._status is not None:
            elapsed = time.monotonic() - self._started
            ended = sum(map(len, self._outcomes.values()))
            self._status.update(f"{escape(self._phase)}   {ended} checks ended   {elapsed:.0f} s   [dim]{last}[/]")

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT):
            elapsed = time.monotonic() - self._started
            print(f"  ... {elapsed:.0f} s, {self._phase}", file=sys.stderr, flush=True)  # noqa: T201
