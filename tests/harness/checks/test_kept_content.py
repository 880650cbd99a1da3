"""What was acknowledged and is shown otherwise: lost, or written in another way."""

from __future__ import annotations

from typing import Any

import pytest

from harness.checks.integrity.kept_content import _lost


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a", "b"),
        (1, 2),
        (["a", "b"], ["a"]),
        (["a"], []),
        (["a"], None),
        ([{"name": "a"}], []),
        ({"name": "a"}, {}),
        ({"name": "a", "size": 1}, {"name": None, "size": 1}),
        ({"name": "a"}, {"name": ""}),
    ],
)
def test_what_is_shown_no_more_is_lost(written: Any, shown: Any) -> None:
    """A value that is another one, an item that is missing, a member that is empty."""
    assert _lost(written, shown)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a", "a"),
        (["b", "a"], ["a", "b"]),
        (["a"], ["a", "added"]),
        ([{"name": "a"}], [{"id": 1, "name": "a"}]),
        ({"name": "a"}, {"id": 1, "name": "a"}),
        ({"at": "2026-01-01"}, {"at": "2026-01-01T00:00:00Z"}),
        ({"note": ""}, {"note": None}),
    ],
)
def test_what_is_written_in_another_way_is_kept(written: Any, shown: Any) -> None:
    """Lists are sorted, objects get members, and what stands in them may have another form."""
    assert not _lost(written, shown)
