"""`harness history`: the runs that were, each against the one before it of the same target."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import typer

from harness.evidence import history
from harness.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Mapping


def show_history(word: str, *, as_json: bool) -> int:
    """Print the kept runs, the oldest first, whose target or scenario has `word` in it; return 0."""
    rows = [row for row in history.past(state_folder()) if word in row["subject"]]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    before: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        typer.echo(_line(row, before.get(row["subject"])))
        if not row["partial"]:
            before[row["subject"]] = row["findings"]
    typer.echo(f"{len(rows)} runs in {state_folder() / history.FILE}")
    return 0


def _line(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    """Return one run in one line, with what is new and what is gone where it can be compared."""
    when = dt.datetime.fromtimestamp(row["started"], tz=dt.UTC).strftime("%Y-%m-%d %H:%M")
    found = f"{len(row['findings'])} findings"
    if row["partial"]:
        found += ", of some checks only"
    elif before is not None:
        gone = [each for key, each in before.items() if key not in row["findings"]]
        fixed = sum(each["check"] in row["answered"] for each in gone)
        found += f" ({sum(key not in before for key in row['findings'])} new, {fixed} fixed)"
    return f"{when}  {row['run']}  {row['decision']:<5}  {found}   {row['subject']}"
