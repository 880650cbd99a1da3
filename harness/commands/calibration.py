"""`harness calibrate`: does every check fail where it must, and only there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console as Terminal
from rich.markup import escape
from rich.table import Table

from harness import calibrate as calibration
from harness.calibrate import Kind
from harness.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.calibrate import Report, Row

INTERRUPTED = 2
SHOWN = 40


@dataclass(frozen=True, kw_only=True)
class CalibrateRequest:
    """What was asked for on the command line."""

    quick: bool
    flaws_from: Path | None
    json: Path | None
    scenarios: tuple[Path, ...]
    only: tuple[str, ...]
    soak: int
    jobs: int


async def calibrate(request: CalibrateRequest) -> int:
    """Calibrate or soak; return 0 when everything is as it must be, 1 when not, 2 when interrupted."""
    settings = _settings(request)
    terminal = CalibrationConsole()
    if request.soak:
        return terminal.soaked(await calibration.soak(settings, request.soak, terminal), request.soak)
    report = await calibration.calibrate(settings, terminal)
    if request.json is not None:
        request.json.write_text(json.dumps(report.document, indent=1) + "\n", encoding="utf-8")
    return terminal.result(report)


def _settings(request: CalibrateRequest) -> calibration.Settings:
    return calibration.Settings(
        scenarios=request.scenarios or tuple(sorted(Path("scenarios").glob("*.toml"))),
        quick=request.quick,
        outside=_folder(request.flaws_from),
        only=request.only,
        jobs=request.jobs,
        complete=not request.scenarios and not request.only,
    )


def _folder(given: Path | None) -> Path | None:
    if given is not None and not given.is_dir():
        raise ConfigurationError(f"--flaws-from {given}: expected a folder with one file for each flaw")
    return given.resolve() if given is not None else None


ALARMS = ("failed", "error", "inconclusive")


class CalibrationConsole:
    """The terminal of a calibration: a line for each case, then what they add up to."""

    def __init__(self) -> None:
        self.out = Terminal(highlight=False, soft_wrap=True)

    def begins(self, cases: int, done: int) -> None:
        """Say how much there is to do."""
        self.out.print(f"{cases} cases" + (f", {done} of them known from an interrupted calibration" if done else ""))

    def tried(self, row: Row, done: int, cases: int) -> None:
        """Show what came of a case."""
        self.out.print(f"[dim]{done:>4}/{cases}[/] {_verdict(row)} [dim]{row.seconds:.1f} s[/]")

    def soaked(self, counted: dict[tuple[str, str], int], runs: int) -> int:
        """Show the alarms of a soak, and return the exit code."""
        for (check, outcome), times in sorted(counted.items()):
            self.out.print(f"[red]{times:>4} of {runs}[/] {check} {outcome}", markup=True)
        self.out.print(f"{runs} runs: {sum(counted.values())} answers other than passed or skipped")
        return 1 if counted else 0

    def result(self, report: Report) -> int:
        """Show scores and everything that is wrong, and return the exit code."""
        self.out.print(_scores(report))
        for name, value in report.document["summary"].items():
            if isinstance(value, list) and value:
                rest = f" and {len(value) - SHOWN} more" if len(value) > SHOWN else ""
                self.out.print(f"[red]{name}[/] ({len(value)}): {', '.join(value[:SHOWN])}{rest}")
        for line in _counted(report):
            self.out.print(line)
        if report.untried:
            self.out.print(f"interrupted: {report.untried} cases were not tried; the same command goes on from here")
            return INTERRUPTED
        holds = report.summary.holds
        self.out.print("[green]everything is as it must be[/]" if holds else "[red]not everything is as it must be[/]")
        return 0 if holds else 1


def _scores(report: Report) -> Table:
    table = Table("family", "flaws", "killed", "TPR", "FPR", "Youden's J", "vacuous", box=None, pad_edge=False)
    for family in report.families:
        rates = (family.true_positive_rate, family.false_positive_rate, family.youden, family.vacuous_pass_rate)
        shown = ("-" if rate is None else f"{rate:.2f}" for rate in rates)
        table.add_row(family.name, str(family.flaws), str(family.killed), *shown)
    return table


def _counted(report: Report) -> Iterator[str]:
    """Say of each kind how many of the cases tried came out as they must."""
    summary, counts = report.summary, report.counts
    if summary.total:
        rate = summary.killed / summary.total
        again = sum(bool(row.killers) and row.tries > 1 for row in report.rows)
        alone = f", {again} of them only when tried again alone" if again else ""
        known = report.document["known_flaws"]
        sample = f" (chosen from {known})" if known > summary.total else ""
        yield f"kill rate  {rate:.1%}: {summary.killed} of {summary.total} seeded flaws{sample} killed{alone}"
    said = {
        Kind.SOUND: "sound services passed",
        Kind.BENIGN: "variants silent",
        Kind.SABOTAGE: "benches without a PASSED of what they affect",
        Kind.HOLLOW: f"targets without a vacuous pass, {len(summary.hollow_passed)} passes",
    }
    for kind, what in said.items():
        if counts[kind].tried:
            yield f"{kind.value:<10} {counts[kind].right} of {counts[kind].tried} {what}"
    yield f"time       {report.document['seconds']:.0f} s"


def _verdict(row: Row) -> str:
    name = f"{row.case.subject:<10} {row.case.kind.value:<8} {row.case.name:<34}"
    if row.error:
        return f"{name} [red]did not run[/]: {row.error.splitlines()[0][:160]}"
    alone = ", when tried again alone" if row.tries > 1 else ""
    if row.case.kind is Kind.FLAW:
        if row.killers:
            return f"{name} [green]killed[/] by {', '.join(row.killers)}{alone}"
        told = "; ".join(f"{check} {row.outcomes.get(check, 'did not run')}" for check in row.catching)
        return f"{name} [red]SURVIVES[/] {row.case.weakness}: {told or 'no check catches this weakness'}"
    counts = {outcome: len(row.having(outcome)) for outcome in ("passed", *ALARMS)}
    told = f"{name} " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) + alone
    if row.case.kind not in {Kind.SOUND, Kind.BENIGN}:
        return told
    alarms = [f"{check} {row.sentences.get(check, '')}" for check in row.having(*ALARMS)]
    return told + "".join(f"\n     [red]{escape(alarm[:240])}[/]" for alarm in alarms)
