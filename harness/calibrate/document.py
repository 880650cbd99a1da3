"""The result of a calibration as JSON, and where the newest one is kept."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from harness.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from harness.calibrate.cases import Kind, Row
    from harness.calibrate.score import Count, Family, Summary

NEWEST = "calibration.json"
HARNESS = "harness-verify"


def document(
    summary: Summary,
    counted: Mapping[Kind, Count],
    scores: Sequence[Family],
    rows: Sequence[Row],
    *,
    quick: bool,
    seconds: float,
    untried: int,
    known_flaws: int,
) -> dict[str, Any]:
    """Return the whole result: summary, counts by kind, scores by family, and the matrix of cases and checks."""
    return {
        "harness": version(HARNESS),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "profile": "quick" if quick else "full",
        "seconds": round(seconds, 1),
        "holds": summary.holds and not untried,
        "untried": untried,
        "known_flaws": known_flaws,
        "summary": {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(summary).items()
        },
        "counts": {kind.value: asdict(count) for kind, count in counted.items()},
        "families": [_scored(family) for family in scores],
        "matrix": [_row(row) for row in rows],
    }


def _scored(family: Family) -> dict[str, Any]:
    rates = ("true_positive_rate", "false_positive_rate", "youden", "vacuous_pass_rate")
    return {**asdict(family), **{name: _rounded(getattr(family, name)) for name in rates}}


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)


def _row(row: Row) -> dict[str, Any]:
    case = row.case
    return {
        "id": case.id,
        "kind": case.kind.value,
        "service": case.subject,
        "name": case.name,
        "weakness": case.weakness,
        "mode": case.mode,
        "killed_by": list(row.killers),
        "catching": list(row.catching),
        "seconds": row.seconds,
        "error": row.error,
        "tries": row.tries,
        "outcomes": row.outcomes,
        "sentences": row.sentences,
    }


def store(result: dict[str, Any]) -> Path:
    """Keep the result as the newest one, so that bundles can carry it; return where."""
    path = state_folder() / NEWEST
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(result), encoding="utf-8")
    part.replace(path)
    return path


def newest() -> dict[str, Any] | None:
    """Return the newest result of this version of the harness, None where there is none."""
    try:
        found = json.loads((state_folder() / NEWEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("harness") == version(HARNESS) else None
