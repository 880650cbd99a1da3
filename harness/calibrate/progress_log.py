"""Rows that an interrupted calibration had already, for the next one of the very same code."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import sys
import time
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING

from harness.calibrate.cases import Row
from harness.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SOURCES = frozenset(
    {".py", ".toml", ".yaml", ".yml", ".json", ".sql", ".js", ".mjs", ".ts", ".go", ".rs", ".rb", ".php", ".java"}
)
IGNORED = frozenset({"node_modules", "artifacts", "mutants", "__pycache__", "venv", "build", "dist"})
PROJECT = (".git", "pyproject.toml", "setup.py", "package.json", "go.mod", "Cargo.toml", "pom.xml")
WEEK = 7 * 24 * 3600.0


class ProgressLog:
    """One JSON line for each finished case, and the seconds until then; removed when the calibration is complete."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.spent = 0.0
        """Seconds that the calibration took before it was interrupted; known once the rows are read."""

    @classmethod
    def of(cls, *parts: object, code: Iterable[Path]) -> ProgressLog:
        """Return the log of exactly these options over exactly this code: folders and files, and what is installed."""
        digest = hashlib.sha256(repr((parts, sys.version, _installed())).encode())
        for path in sorted({source for given in code for source in _sources(given)}):
            digest.update(path.as_posix().encode() + path.read_bytes())
        folder = state_folder() / "calibration"
        _forget(folder)
        return cls(folder / f"{digest.hexdigest()[:32]}.jsonl")

    def rows(self) -> dict[str, Row]:
        """Return what is there already, by case; without a line cut short by a crash, and what could not be tried."""
        found: dict[str, Row] = {}
        for line in self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else ():
            try:
                data = json.loads(line)
                spent = float(data.pop("spent"))
                row = Row.read(data)
            except (ValueError, TypeError, KeyError, AttributeError):
                continue
            self.spent = max(self.spent, spent)
            if row.error is None:
                found[row.case.id] = row
        return found

    def add(self, row: Row, spent: float) -> None:
        """Write down one row, and how long the calibration has taken so far."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as log:
            log.write(json.dumps({**dataclasses.asdict(row), "spent": round(spent, 2)}) + "\n")

    def finish(self) -> None:
        """Forget everything: the calibration is complete."""
        self._path.unlink(missing_ok=True)


def project(path: Path) -> Path:
    """Return the nearest folder above that is the root of a project, else the path itself."""
    return next((folder for folder in path.parents if any((folder / name).exists() for name in PROJECT)), path)


def _installed() -> list[str]:
    return sorted(f"{each.name} {each.version}" for each in distributions())


def _sources(given: Path) -> Iterator[Path]:
    """Walk the sources below a folder, or return the file; hidden folders and what tools leave behind hold none."""
    if given.is_file():
        yield given
    for folder, below, files in os.walk(given):
        below[:] = [name for name in below if name not in IGNORED and not name.startswith(".")]
        yield from (path for name in files if (path := Path(folder, name)).suffix in SOURCES and path.is_file())


def _forget(folder: Path) -> None:
    """Remove what nobody has gone on with for a week: its code has changed since."""
    for path in folder.glob("*.jsonl"):
        if path.stat().st_mtime < time.time() - WEEK:
            path.unlink(missing_ok=True)
