"""Where the harness keeps what outlives a run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from harness.state import state_folder


@pytest.fixture(autouse=True)
def _nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)


def test_the_folder_that_is_named_is_used_before_it_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG_STATE_HOME need not exist yet; a relative one is invalid and passed over."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "new" / "state"))
    assert state_folder() == tmp_path / "new" / "state" / "harness"
    monkeypatch.setenv("XDG_STATE_HOME", "state")
    assert state_folder() == tmp_path / ".local" / "state" / "harness"


@pytest.mark.parametrize("home", ["", "/no/such/home"])
def test_without_a_home_it_is_temporary(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No home, or one that is not there, is no place: the temporary folder is, one for each user."""
    monkeypatch.setenv("HOME", home)
    assert state_folder() == Path(tempfile.gettempdir()) / f"harness-state-{os.getuid()}"
