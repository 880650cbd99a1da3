"""What past runs found: a small file that outlives them, so that a run can say what is new and what is fixed."""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Run

PREVIOUS = "previous.json"
"""The file of a bundle that tells of the run before."""
FILE = "history.jsonl"
FORMAT = 1
KEPT = 300
FIELDS = frozenset({"subject", "partial", "run", "started", "decision", "findings", "answered", "gates"})


def subject_of(run: Run, *, served: bool) -> str:
    """Return what tells the runs of one target from all others; a service that we start has another port each time."""
    return f"{run.scenario_name} {'(started by the harness)' if served else run.target.base_url}"


def record(run: Run, *, served: bool, partial: bool = False) -> dict[str, Any]:
    """Return what is kept of a run: its decision, findings and gates, and which checks came to an answer.

    `partial` marks one that was asked for some checks only, or did not come to its end.
    """
    return {
        "format": FORMAT,
        "subject": subject_of(run, served=served),
        "partial": partial or run.interrupted is not None,
        "run": run.id,
        "started": run.started,
        "profile": run.profile,
        "decision": run.verdict.decision.value,
        "exit_code": run.exit_code,
        "target": run.target.base_url,
        "findings": {
            each.fingerprint: {
                "id": each.id,
                "severity": each.severity.value,
                "check": each.check.id,
                "sentence": each.observation.sentence,
            }
            for each in run.verdict.findings
        },
        "answered": sorted(each.check.id for each in run.results if answers(each.outcome)),
        "gates": {
            each.gate.name: {"observed": each.observed, "low": each.low, "high": each.high, "unit": each.gate.unit}
            for each in run.verdict.gates
            if each.observed is not None
        },
    }


def answers(outcome: Outcome) -> bool:
    """Whether a check with this outcome has said something about what it looks for."""
    return outcome in {Outcome.PASSED, Outcome.FAILED}


def past(folder: Path) -> list[dict[str, Any]]:
    """Return the kept runs, the oldest first; a line that cannot be read is left out."""
    path = folder / FILE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return [row for line in lines if (row := _row(line)) is not None]


def before(rows: Sequence[dict[str, Any]], subject: str) -> dict[str, Any] | None:
    """Return the newest whole run of a target, and the day on which each finding was seen first; None before that."""
    own = [row for row in rows if row["subject"] == subject]
    whole = [row for row in own if not row["partial"]]
    if not whole:
        return None
    first: dict[str, str] = {}
    for row in own:
        day = dt.datetime.fromtimestamp(row["started"], tz=dt.UTC).date().isoformat()
        first = {**dict.fromkeys(row["findings"], day), **first}
    return {**whole[-1], "first_seen": first, "runs": len(own)}


def append(folder: Path, row: dict[str, Any]) -> None:
    """Keep a run; the file is replaced as a whole, and never grows beyond KEPT lines."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [*past(folder), row][-KEPT:]
    handle, name = tempfile.mkstemp(prefix=f".{FILE}.", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in rows)
    Path(name).replace(folder / FILE)


def _row(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    known = isinstance(row, dict) and row.get("format") == FORMAT and set(row) >= FIELDS
    return row if known else None
