"""Rows that an interrupted calibration had already, for the next one of the very same code."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING

from harness.calibrate.cases import Case, Kind, Row
from harness.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SOURCES = ("*.py", "*.toml", "*.yaml", "*.sql")
IGNORED = frozenset({".venv", "node_modules", "artifacts", "mutants", "__pycache__", ".git"})


class ProgressLog:
    """One JSON line for each finished case; removed when the calibration is complete."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def of(cls, *parts: object, folders: Iterable[Path]) -> ProgressLog:
        """Return the log of exactly these options over exactly this code."""
        digest = hashlib.sha256(repr(parts).encode())
        for path in sorted({path for folder in folders for path in _sources(folder)}):
            digest.update(path.as_posix().encode() + path.read_bytes())
        return cls(state_folder() / "calibration" / f"{digest.hexdigest()[:32]}.jsonl")

    def rows(self) -> dict[str, Row]:
        """Return what is there already, by case; a line cut short by a crash is left out."""
        found: dict[str, Row] = {}
        for line in self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else ():
            try:
                data = json.loads(line)
                case = Case(**{**data.pop("case"), "kind": Kind(data.pop("kind"))})
                row = Row(case=case, **{**data, "catching": tuple(data["catching"])})
            except (ValueError, TypeError, KeyError):
                continue
            found[row.case.id] = row
        return found

    def add(self, row: Row) -> None:
        """Write down one row."""
        data = dataclasses.asdict(row)
        data["kind"] = data["case"].pop("kind").value
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(data) + "\n")

    def finish(self) -> None:
        """Forget everything: the calibration is complete."""
        self._path.unlink(missing_ok=True)


def _sources(folder: Path) -> Iterable[Path]:
    for pattern in SOURCES:
        yield from (path for path in folder.rglob(pattern) if not IGNORED & set(path.parts))
