"""Whether an operation reads a column is told by a change of the column alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from harness.checks.encryption._rows import Row
from harness.checks.encryption.bound_ciphertext import Change, _seen
from tests.harness.checks.bench import exchange

if TYPE_CHECKING:
    from harness.model import Exchange

QUEUED, INDEXED, GONE = exchange(200, {"status": "queued"}), exchange(200, {"status": "indexed"}), exchange(404, {})


class Connection:
    """A database that takes every statement."""

    async def execute(self, *_: object) -> None:
        """Take it."""


@pytest.mark.parametrize(
    ("reads", "seen"),
    [
        ([QUEUED, GONE, QUEUED], True),
        ([QUEUED, exchange(200, {"status": "other"}), QUEUED], True),
        ([QUEUED, QUEUED, QUEUED], False),
        ([QUEUED, INDEXED, INDEXED, INDEXED, INDEXED], False),
        ([QUEUED, QUEUED, INDEXED, GONE, INDEXED], True),
        ([QUEUED, GONE, GONE], GONE),
    ],
    ids=["refused", "another text", "not read", "indexed meanwhile", "read, and indexed meanwhile", "not put back"],
)
async def test_an_object_that_changes_by_itself_tells_nothing(reads: list[Exchange], seen: bool | Exchange) -> None:
    """Only reads around the change that are equal to each other are a measure for the one during it."""
    answers = iter(reads)

    async def read(*_: object, **__: object) -> Exchange:
        return next(answers)

    owned: Any = SimpleNamespace(owner=None)
    row = Row(table="t", key="id", id="1", sealed={"title": b"1"}, texts={})
    change = Change(what="", row=row, column="title", value=b"2", before=b"1", read=owned, reader=owned)
    resource: Any = SimpleNamespace(read=read)
    assert await _seen(resource, Connection(), change) == seen
