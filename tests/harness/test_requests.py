"""Requests from calls of a scenario, and values out of responses."""

from __future__ import annotations

import email.parser
import email.policy
import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from harness import requests
from harness.scenario.schema import Call

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)


def call(**values: Any) -> Call:
    """Return a call as a scenario file would have it."""
    return Call.model_validate({"operation": "POST /things", **values})


@given(JSON)
def test_rendering_without_variables_changes_nothing(value: Any) -> None:
    """What is no placeholder, or a placeholder of nothing known, stays as it is."""
    assert requests.render(value, {}) == value


@given(st.integers() | st.booleans() | st.lists(st.integers()))
def test_a_string_that_is_one_placeholder_keeps_the_type(value: Any) -> None:
    """An integer identifier stays an integer in a JSON body, and becomes text inside of other text."""
    rendered = requests.render({"a": ["{id}", "no. {id}"], "{id}": 1}, {"id": value})
    assert rendered == {"a": [value, f"no. {value}"], "{id}": 1}


@given(st.text(min_size=1), st.text(min_size=1))
def test_path_values_are_quoted_whole_and_aligned_at_the_right(parent: str, identifier: str) -> None:
    """A value can never add a segment, a query or another host to a path; the object comes last."""
    made = requests.build(
        call(operation="GET /a/{a}/b/{b}"), {}, ("never used", _encodable(parent), _encodable(identifier))
    )
    segments = made.target.split("/")
    assert [unquote(segments[2]), unquote(segments[4])] == [_encodable(parent), _encodable(identifier)]
    assert len(segments) == 5
    assert "?" not in made.target


def test_a_path_value_of_the_call_leaves_the_others_aligned() -> None:
    """What the call sets itself takes no value from the object and its parents."""
    spec = call(operation="GET /v/{version}/a/{a}/b/{b}", path={"version": "{api}"})
    assert requests.build(spec, {"api": 2}, ("p", "i")).target == "/v/2/a/p/b/i"


def test_too_few_values_leave_the_placeholder_to_be_seen() -> None:
    """A missing value shows in the request instead of making another, valid one."""
    assert requests.build(call(operation="GET /a/{a}"), {}, ()).target == "/a/%7Ba%7D"


@given(st.dictionaries(st.text(min_size=1), st.text(min_size=1), max_size=4))
def test_queries_come_back_as_they_went_in(query: dict[str, str]) -> None:
    """Names and values are encoded; what the caller adds wins over the scenario's."""
    made = requests.build(call(query={"extra": "scenario"}), {}, (), query={**query, "extra": "caller"})
    read = parse_qs(urlsplit(made.target).query, keep_blank_values=True, encoding="utf-8", errors="surrogatepass")
    assert read["extra"] == ["caller"]
    assert set(read) == {*query, "extra"}


def test_each_kind_of_body_has_its_media_type() -> None:
    """JSON keeps types, forms are encoded, a call without a body has neither body nor media type."""
    variables = {"marker": "m&m", "id": 7}
    as_json = requests.build(call(json={"n": "{id}", "t": "{marker}"}), variables, ())
    assert (as_json.header("content-type"), json.loads(as_json.body)) == ("application/json", {"n": 7, "t": "m&m"})
    as_form = requests.build(call(form={"t": "{marker}"}), variables, ())
    assert (as_form.header("content-type"), as_form.body) == ("application/x-www-form-urlencoded", b"t=m%26m")
    bare = requests.build(call(headers={"X-Of": "{id}"}), variables, ())
    assert (bare.headers, bare.body) == ((("X-Of", "7"),), b"")


def test_multipart_forms_are_read_by_others_as_they_were_meant() -> None:
    """Fields and files arrive with name, file name, media type and content."""
    spec = call(multipart={"title": "{marker}", "file": {"filename": "{nonce}.txt", "content": "of {marker}\r\n--x"}})
    made = requests.build(spec, {"marker": "märker", "nonce": "n1"}, ())
    head = f"Content-Type: {made.header('content-type')}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + made.body)
    title, file = message.iter_parts()
    assert title.get_payload(decode=True) == "märker".encode()
    assert (file.get_filename(), file.get_content_type()) == ("n1.txt", "text/plain")
    assert file.get_payload(decode=True) == "of märker\r\n--x".encode()


@given(JSON)
def test_every_place_of_a_document_has_a_pointer(document: Any) -> None:
    """A pointer made of the keys on the way leads to the value (RFC 6901)."""
    for path, value in _places(document):
        assert requests.pointer(document, path) == value


def test_a_variable_of_a_path_is_read_back_whatever_the_prefix() -> None:
    """What the caller chose stands in the path, quoted, below whatever the base URL has."""
    made = requests.build(call(operation="PUT /kv/{space}/{key}", path={"space": "s", "key": "a/b"}), {}, ())
    moved = replace(made, target=f"/base{made.target}?x=/1")
    assert requests.in_path(moved, "/kv/{space}/{key}", "key") == "a/b"
    assert requests.in_path(moved, "/kv/{space}/{key}", "space") == "s"
    assert requests.in_path(moved, "/kv/{space}/{key}", "other") is None


def test_of_several_pointers_the_first_that_fits_counts() -> None:
    """A place may be one of several: the first where there is anything, the first where there is an array."""
    document: Any = {"total": 1, "data": [{"note_id": 7}]}
    assert requests.at(document["data"][0], "/id|/note_id") == 7
    assert requests.at(document, "/id|/note_id") is None
    assert requests.array(document, "|/total|/data") == [{"note_id": 7}]
    assert requests.array([1], "|/data") == [1]
    assert requests.array(document, "/total|/items") is None
    assert requests.holder({"data": {"id": 1}, "x": 2}, "/id|/data/id") == {"id": 1}
    assert requests.holder(document, "/id|/data/id") is None


def test_pointers_that_lead_nowhere_are_none() -> None:
    """Unknown keys, indexes out of range, scalars on the way and bodies that are no JSON are absent, never a crash."""
    document = {"a": [1, {"b": 2}]}
    wrong = ("/x", "/a/2", "/a/-1", "/a/b", "/a/0/deeper", "/a/²")
    assert [requests.pointer(document, path) for path in wrong] == [None] * len(wrong)
    assert requests.pointer(requests.parsed(b"not json"), "/a") is None


@given(st.binary() | st.just(b"[" * 100_000) | st.just(b"9" * 10_000))
def test_no_body_breaks_the_parser(body: bytes) -> None:
    """Whatever a target sends is a value or MISSING."""
    parsed = requests.parsed(body)
    assert requests.pointer(parsed, "/no/such/0/place") is None
    assert parsed is not requests.MISSING or not list(requests.values(parsed))


@given(JSON)
def test_values_walk_every_scalar(document: Any) -> None:
    """Each leaf is seen exactly once."""
    leaves = [value for _, value in _places(document) if not isinstance(value, dict | list)]
    assert sorted(map(repr, requests.values(document))) == sorted(map(repr, leaves))


def _places(document: Any, path: str = "") -> list[tuple[str, Any]]:
    children = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    found = [(path, document)]
    for key, value in children:
        found += _places(value, f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}")
    return found


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
