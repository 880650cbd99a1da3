"""The journal knows of every object before it is requested, and survives a crash."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from harness.evidence.journal import Journal
from harness.model import Request

if TYPE_CHECKING:
    from pathlib import Path


DELETE = Request(
    method="DELETE",
    target="/notes/7",
    headers=(("Authorization", "Bearer sekrit"), ("X-Reason", "test")),
    body=b"\xff",
    operation="DELETE /notes/{id}",
)


def test_an_intention_is_on_disk_before_intend_returns(tmp_path: Path) -> None:
    """Another process reads the whole line when the create request may leave: a kill takes nothing back."""
    path = tmp_path / "run" / "journal.jsonl"
    journal = Journal(path)
    journal.intend(user="alice", resource="note", marker="m-1")
    seen = subprocess.run(["cat", str(path)], capture_output=True, text=True, check=True).stdout
    assert json.loads(seen)["marker"] == "m-1"
    assert seen.endswith("\n")


def test_a_crashed_run_can_be_continued(tmp_path: Path) -> None:
    """What is pending is found again with the request that deletes it; numbers go on where they ended."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    first = journal.intend(user="alice", resource="note", marker="m-1")
    second = journal.intend(user="bob", resource="note", marker="m-2", cleanup=DELETE)
    journal.created(first, id="7", delete=DELETE)
    again = Journal(path)
    assert [(entry.number, entry.id, entry.marker) for entry in again.pending()] == [
        (first, "7", "m-1"),
        (second, None, "m-2"),
    ]
    entry = again.pending()[0]
    assert entry.delete is not None
    assert (entry.delete.target, entry.delete.body, entry.delete.operation) == (
        DELETE.target,
        DELETE.body,
        DELETE.operation,
    )
    again.settled(first, "deleted")
    assert again.intend(user="alice", resource="note", marker="m-3") == 3
    assert [entry.marker for entry in Journal(path).pending()] == ["m-2", "m-3"]


def test_an_object_left_behind_stays_pending() -> None:
    """Only what is gone, or cannot be deleted, is settled."""
    journal = Journal(None)
    numbers = [journal.intend(user="alice", resource="note", marker=str(number)) for number in range(3)]
    for number, outcome in zip(numbers, ("deleted", "left", "not-deletable"), strict=True):
        journal.settled(number, outcome)
    assert [entry.marker for entry in journal.pending()] == ["1"]
    assert len(journal.entries()) == 3


def test_a_torn_last_line_is_cut_off(tmp_path: Path) -> None:
    """A crash in the middle of a write costs that line only, and the file can be continued."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.intend(user="alice", resource="note", marker="m-1")
    with path.open("ab") as file:
        file.write(b'{"event":"intended","entry":2,"us')
    again = Journal(path)
    again.intend(user="alice", resource="note", marker="m-2")
    assert [entry.marker for entry in Journal(path).entries()] == ["m-1", "m-2"]


def test_no_credential_reaches_the_file(tmp_path: Path) -> None:
    """Headers that carry credentials are left out, others stay."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.created(journal.intend(user="alice", resource="note", marker="m", cleanup=DELETE), id="7", delete=DELETE)
    assert "sekrit" not in path.read_text()
    assert "X-Reason" in path.read_text()
