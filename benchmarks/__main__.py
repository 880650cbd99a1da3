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

from rich.console import Console
from rich.table import Table

from benchmarks import generator, ladder, verification

RESULTS = Path(__file__).parent / "results"
MEASURES = {"ladder": ladder.measure, "generator": generator.measure, "verification": verification.measure}


def machine() -> dict[str, Any]:
    """Return the kind of machine, in words that do not tell which one it is."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
    }


def table(name: str, found: dict[str, Any]) -> Table:
    """Return the numbers of one measure as a table: rungs are rows where there are any."""
    rows = found if all(isinstance(row, dict) for row in found.values()) else {name: found}
    columns = list(next(iter(rows.values())))
    made = Table("", *columns, title=name)
    for row, numbers in rows.items():
        made.add_row(row, *(f"{numbers[column]:,.2f}" for column in columns))
    return made


def record(results: dict[str, Any]) -> Path:
    """Write the results to the file of this kind of machine; what was not measured this time stays."""
    kind = machine()
    path = RESULTS / f"{kind['system']}-{kind['architecture']}-{kind['processors']}-processors.json".lower()
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    today = dt.datetime.now(dt.UTC).date().isoformat()
    known |= {name: {"date": today, "machine": kind, "results": found} for name, found in results.items()}
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
    results, console = {}, Console()
    for name in options.measures or MEASURES:
        results[name] = _rounded(asyncio.run(MEASURES[name]()))
        console.print(table(name, results[name]))
    if not options.dry_run:
        print(f"written to {os.path.relpath(record(results))}")
    return 0


def _rounded(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _rounded(item) for name, item in found.items()}
    return float(f"{found:.4g}")


if __name__ == "__main__":
    sys.exit(main())
