"""The same content for another user: what belongs to the first one is exchanged, all else stays byte by byte."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.checks._alike import moved
from harness.model import Request

OURS = {"7": "8", "box-a": "box-b"}


@pytest.mark.parametrize(
    ("sent", "fresh", "body"),
    [
        ({"board": 7, "title": "a"}, {"board": 8, "title": "b"}, {"board": 8, "title": "a"}),
        ({"board": 7, "size": 7}, {"board": 8, "size": 7}, {"board": 8, "size": 7}),
        (
            {"in": {"box": "box-a"}, "x": ["7"]},
            {"in": {"box": "box-b"}, "x": ["8"]},
            {"in": {"box": "box-b"}, "x": ["8"]},
        ),
        ({"x": ["7", "7"]}, {"x": ["8"]}, {"x": ["7", "7"]}),
        ({"board": "elsewhere"}, {"board": 8}, {"board": "elsewhere"}),
    ],
)
def test_identifiers_are_exchanged_where_a_request_of_ones_own_has_them(sent: Any, fresh: Any, body: Any) -> None:
    """A number that only happens to be the same is left alone."""
    made = moved(
        Request(method="POST", target="/x", body=json.dumps(sent).encode()),
        Request(method="POST", target="/x", body=json.dumps(fresh).encode()),
        OURS,
    )
    assert json.loads(made) == body


@pytest.mark.parametrize("body", [b'{"title":  "a"}', b"--b\r\n7\r\n--b--", b""])
def test_where_nothing_is_exchanged_the_bytes_are_the_same(body: bytes) -> None:
    """White space, forms and nothing at all."""
    request = Request(method="POST", target="/x", body=body)
    assert moved(request, Request(method="POST", target="/x", body=b'{"title": "b"}'), OURS) == body
