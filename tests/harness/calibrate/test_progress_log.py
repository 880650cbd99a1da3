"""What is known of an interrupted calibration: kept for the very same code, and for nothing else."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.calibrate.cases import Case, Kind, Row
from harness.calibrate.progress_log import WEEK, ProgressLog, project

if TYPE_CHECKING:
    from pathlib import Path

CASE = Case(kind=Kind.FLAW, subject="s", name="leak", weakness="isolation.read", timed=True)
ROW = Row(case=CASE, outcomes={"isolation/reads": "failed"}, catching=("isolation/reads",), seconds=1.5)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the state of these tests to themselves."""
    folder = tmp_path / "state"
    folder.mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A small project."""
    (tmp_path / "code" / "scenarios").mkdir(parents=True)
    (tmp_path / "code" / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "code" / "service.py").write_text("answer = 1\n")
    (tmp_path / "code" / "scenarios" / "s.toml").write_text('name = "s"\n')
    return tmp_path / "code"


def test_rows_come_back_as_they_were_with_the_time_they_took(code: Path) -> None:
    """The same options over the same code: every row, and the seconds of the part that is done."""
    log = ProgressLog.of("quick", code=[code])
    log.add(ROW, 12.5)
    log.add(replace(ROW, case=replace(CASE, timed=False)), 20.0)
    again = ProgressLog.of("quick", code=[code])
    assert again.rows() == {CASE.id: ROW, f"{CASE.subject}/flaw/leak": replace(ROW, case=replace(CASE, timed=False))}
    assert again.spent == 20.0
    again.finish()
    assert ProgressLog.of("quick", code=[code]).rows() == {}


@pytest.mark.parametrize("changed", ["service.py", "scenarios/s.toml", "new.py", "rules.yaml"])
def test_other_code_begins_anew(code: Path, changed: str) -> None:
    """A line that changes anywhere, or a new file, may change every outcome; so may other options."""
    ProgressLog.of("quick", code=[code]).add(ROW, 1.0)
    assert ProgressLog.of("full", code=[code]).rows() == {}
    with (code / changed).open("a") as file:
        file.write("# changed\n")
    assert ProgressLog.of("quick", code=[code]).rows() == {}


def test_what_tools_leave_behind_is_no_code(code: Path) -> None:
    """Caches, hidden folders and evidence change nothing."""
    ProgressLog.of("quick", code=[code]).add(ROW, 1.0)
    for folder in ("__pycache__", ".venv", "artifacts", "node_modules"):
        (code / folder).mkdir()
        (code / folder / "made.py").write_text("made = 1\n")
    assert ProgressLog.of("quick", code=[code]).rows() == {CASE.id: ROW}


def test_lines_cut_short_and_cases_that_could_not_be_tried_are_tried_again(code: Path, state: Path) -> None:
    """A crash may cut a line; a service that did not start may start the next time."""
    log = ProgressLog.of("quick", code=[code])
    log.add(ROW, 1.0)
    log.add(replace(ROW, case=replace(CASE, name="broken"), error="it did not start"), 2.0)
    (path,) = (state / "harness" / "calibration").glob("*.jsonl")
    with path.open("a") as file:
        file.write('{"case": {"subject": "s"\n[]\n')
    assert log.rows() == {CASE.id: ROW}


def test_logs_that_nobody_goes_on_with_are_removed(code: Path, state: Path) -> None:
    """After a week their code is long gone."""
    ProgressLog.of("old", code=[code]).add(ROW, 1.0)
    (path,) = (state / "harness" / "calibration").glob("*.jsonl")
    long_ago = time.time() - WEEK - 60
    os.utime(path, (long_ago, long_ago))
    ProgressLog.of("new", code=[code]).add(ROW, 1.0)
    assert not path.exists()


def test_the_project_of_a_scenario_is_the_nearest_root_above_it(code: Path, tmp_path: Path) -> None:
    """Without one it is the file alone: not whatever else lies in its folder."""
    assert project(code / "scenarios" / "s.toml") == code
    alone = tmp_path / "alone.toml"
    alone.write_text('name = "alone"\n')
    assert project(alone) == alone or (project(alone) / ".git").exists()
