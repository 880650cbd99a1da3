"""Measures, prints, and writes benchmarks/results/: `python -m benchmarks [MEASURE ...] [--dry-run]`."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks import client, generator, ladder, verification

QUIET = 10.0  # per cent
RESULTS = Path(__file__).parent / "results"
MEASURES = {
    "ladder": ladder.measure,
    "client": client.measure,
    "generator": generator.measure,
    "verification": verification.measure,
}


def machine() -> dict[str, Any]:
    """Return the kind of machine, in words that do not tell which one it is."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
    }


def occupied() -> float:
    """Return the per cent of all processors that other programs use; on a busy machine every figure is too high."""
    return psutil.cpu_percent(interval=2.0)


def table(name: str, found: dict[str, Any]) -> Table:
    """Return the numbers of one measure as a table: rungs are rows where there are any."""
    rows = found if all(isinstance(row, dict) for row in found.values()) else {name: found}
    columns = list(next(iter(rows.values())))
    made = Table("", *columns, title=name)
    for row, numbers in rows.items():
        made.add_row(row, *(f"{numbers[column]:,.2f}" for column in columns))
    return made


def record(results: dict[str, Any], *, others: float) -> Path:
    """Write the results to the file of this kind of machine; what was not measured this time stays."""
    kind = machine()
    when = {"date": dt.datetime.now(dt.UTC).date().isoformat(), "machine": kind, "used by other programs, %": others}
    path = RESULTS / f"{kind['system']}-{kind['architecture']}-{kind['processors']}-processors.json".lower()
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known |= {name: {**when, "results": found} for name, found in results.items()}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    return path


def main() -> int:
    """Run the measures that were asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=f"of {', '.join(MEASURES)}; all by default")
    parser.add_argument("--dry-run", action="store_true", help="print, and write nothing")
    options = parser.parse_args()
    if unknown := sorted(set(options.measures) - MEASURES.keys()):
        parser.error(f"no such measure: {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    others = occupied()
    results, console = {}, Console()
    for name in options.measures or MEASURES:
        results[name] = _rounded(asyncio.run(MEASURES[name]()))
        console.print(table(name, results[name]))
    others = max(others, occupied())
    if others > QUIET:
        print(f"Other programs used {others:.0f} % of this machine: compare only what is side by side here.")
    if not options.dry_run:
        print(f"written to {os.path.relpath(record(results, others=others))}")
    return 0


def _rounded(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _rounded(item) for name, item in found.items()}
    return float(f"{found:.4g}")


if __name__ == "__main__":
    sys.exit(main())
