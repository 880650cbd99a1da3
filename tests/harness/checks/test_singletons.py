"""Which text of a body carries a marker, so that no account is renamed or shut."""

from __future__ import annotations

from typing import Any

import pytest

from harness.checks.isolation.singletons import _content
from harness.lab.markers import Markers

TEXT = {"type": "string"}


def thing(*required: str, **fields: Any) -> dict[str, Any]:
    """Return the schema of an object."""
    return {"type": "object", "required": list(required), "properties": fields}


ACCOUNT = thing(username=TEXT, email=TEXT, password=TEXT, bio=TEXT)


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        (thing("text", text=TEXT), ("text",)),
        (ACCOUNT, ("bio",)),
        (thing("user", user=ACCOUNT), ("user", "bio")),
        (thing(photo=thing("id", id=TEXT), city=TEXT), ("city",)),
        (thing(photo=thing("id", id=TEXT), age={"type": "integer"}), ("photo", "id")),
        (thing("password", password=TEXT, bio=TEXT), None),
        (thing(photo=thing("id", id=TEXT), first={"type": "string", "example": "John"}), ("first",)),
        (thing(username=TEXT), None),
    ],
)
def test_the_first_text_that_lets_nobody_in(schema: dict[str, Any], place: tuple[str, ...] | None) -> None:
    """Names, addresses and passwords stay as they are, and where all is one of those nothing is written."""
    mark = Markers().issue("alice")
    expected: Any = mark.text
    for name in reversed(place or ()):
        expected = {name: expected}
    assert _content(schema, {}, mark) == (expected if place else None)
