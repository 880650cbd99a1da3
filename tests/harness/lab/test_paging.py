"""From page to page: offsets, page numbers, cursors and links, and what targets do to confuse them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.lab.resource import lookalike, with_fields, with_query
from harness.lab.resource.paging import first_page, next_page
from harness.model import Request
from harness.scenario.schema import Call, ListCall

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=10)


def call(style: str | None, *, total: str | None = None, **more: Any) -> ListCall:
    """Return a list that is paged in this way."""
    pagination = {"style": style, "parameter": "p", "next": "/next", **more} if style else None
    return ListCall.model_validate({"operation": "GET /things", "total": total, "pagination": pagination})


def follow(spec: ListCall, document: Any, *, at: str = "/things?q=x&p=4", size: int = 2, seen: int = 6) -> str | None:
    """Return the target of the next page."""
    made = next_page(spec, Request(method="GET", target=at, operation="GET /things"), document, size, seen)
    assert made is None or (made.method, made.operation) == ("GET", "GET /things")
    return None if made is None else made.target


@pytest.mark.parametrize(
    ("style", "document", "target"),
    [
        ("offset", {}, "/things?q=x&p=6"),
        ("page", {}, "/things?q=x&p=5"),
        ("cursor", {"next": "c 1"}, "/things?q=x&p=c+1"),
        ("cursor", {"next": 12}, "/things?q=x&p=12"),
        ("cursor", {"next": None}, None),
        ("cursor", {"next": ""}, None),
        ("cursor", [], None),
        ("link", {"next": "/things?p=9"}, "/things?p=9"),
        ("link", {"next": "?p=9"}, "/things?p=9"),
        ("link", {"next": "more"}, "/more"),
        ("link", {"next": "http://elsewhere.example/things?p=9"}, "/things?p=9"),
        ("link", {"next": "//elsewhere.example/things?p=9"}, "/things?p=9"),
        ("link", {"next": "http://[broken"}, None),
        ("link", {}, None),
        (None, {"next": "c"}, None),
    ],
)
def test_the_next_page_is_found_in_each_style(style: str | None, document: Any, target: str | None) -> None:
    """Only the path and query of a link are followed, never its host."""
    assert follow(call(style), document) == target


@pytest.mark.parametrize("style", ["offset", "page"])
def test_an_empty_page_or_the_total_is_the_end(style: str) -> None:
    """What counts its pages ends where nothing came, or all has been seen."""
    assert follow(call(style), {}, size=0) is None
    assert follow(call(style, total="/total"), {"total": 6}) is None
    assert follow(call(style, total="/total"), {"total": 7}) is not None
    assert follow(call(style, total="/total"), {"total": "6"}) is not None


def test_an_empty_page_with_a_cursor_is_not_the_end() -> None:
    """A page whose items were filtered out may be followed by others."""
    assert follow(call("cursor"), {"next": "c"}, size=0) == "/things?q=x&p=c"


def test_the_first_page_asks_for_a_size_where_there_is_a_parameter() -> None:
    """The size is asked for by the name that the scenario gives it."""
    assert first_page(call("offset"), {}, (), 3).target == "/things?limit=3"
    assert first_page(call("offset", limit=None), {}, (), 3).target == "/things"
    assert first_page(call("offset"), {}, (), None).target == "/things"


@given(st.lists(st.tuples(TEXT, TEXT), max_size=4), TEXT, TEXT)
def test_setting_a_parameter_leaves_the_others_as_they_were(
    pairs: list[tuple[str, str]], name: str, value: str
) -> None:
    """Repeated and empty parameters survive; the one that is set is there once."""
    request = Request(method="GET", target="/things")
    for key, each in pairs:
        request = with_query(request, key, each)
    before = parse_qsl(urlsplit(request.target).query, keep_blank_values=True)
    after = parse_qsl(urlsplit(with_query(request, name, value).target).query, keep_blank_values=True)
    assert after == [pair for pair in before if pair[0] != name] + [(name, value)]
    twice = with_query(Request(method="GET", target="/things?a=1&a=2"), "b", "3")
    assert twice.target == "/things?a=1&a=2&b=3"


@given(st.one_of(st.integers(min_value=0), st.uuids().map(str), st.uuids().map(lambda each: each.hex), TEXT))
def test_a_lookalike_has_the_same_shape(identifier: Any) -> None:
    """Integers stay integers, UUIDs stay UUIDs, and every letter and digit of other texts keeps its kind."""
    made = lookalike(identifier)
    assert type(made) is type(identifier)
    if isinstance(identifier, int):
        assert made != identifier
        return
    assert len(made) == len(identifier)
    assert [_kind(each) for each in made] == [_kind(each) for each in identifier] or len(identifier) in {32, 36}


def test_a_lookalike_of_a_uuid_is_a_new_one() -> None:
    """Nothing has it."""
    known = "12345678-1234-4123-8123-123456789abc"
    made = lookalike(known)
    assert made != known
    assert made.count("-") == 4


def test_fields_are_added_to_whatever_body_a_call_has() -> None:
    """JSON keeps types, forms get texts, and a call without a body stays as it is."""
    for body in ("json", "form", "multipart"):
        spec = with_fields(Call.model_validate({"operation": "POST /a", body: {"x": "1"}}), {"owner": 7})
        sent = {"json": spec.body, "form": spec.form, "multipart": spec.multipart}[body]
        assert sent == {"x": "1", "owner": 7 if body == "json" else "7"}
    bare = Call(operation="POST /a")
    assert with_fields(bare, {"owner": 7}) == bare == with_fields(bare, {})


def _kind(character: str) -> str:
    if character.isascii() and character.isdigit():
        return "digit"
    if character.isascii() and character.isalpha():
        return "upper" if character.isupper() else "lower"
    return character
