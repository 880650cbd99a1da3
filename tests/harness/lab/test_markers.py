"""Markers: found in whatever form a response holds them, and never where they are not."""

from __future__ import annotations

import base64
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.lab import Marker, Markers
from harness.model import Exchange, Request, Response


@given(st.binary(max_size=12), st.binary(max_size=12))
def test_a_witness_is_found_inside_base64_at_every_alignment(before: bytes, after: bytes) -> None:
    """Whatever surrounds a marker, and wherever it begins, its encoded text gives it away."""
    marker = Marker.new()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert marker.in_bytes(encode(before + marker.text.encode() + after))


@given(st.binary(max_size=40), st.binary(max_size=40), st.sampled_from(["plain", "upper", "reversed", "hex", "json"]))
def test_markers_find_every_form_and_its_owner(before: bytes, after: bytes, form: str) -> None:
    """Plain, upper case, reversed, hexadecimal and inside of JSON: the owner is told."""
    markers = Markers()
    marker, other = markers.issue("alice"), markers.issue("bob")
    witness = marker.witness.encode()
    shown = {
        "plain": witness,
        "upper": witness.upper(),
        "reversed": witness[::-1],
        "hex": witness.hex().encode(),
        "json": json.dumps({"text": marker.text}).encode(),
    }[form]
    assert [(found.witness, owner) for found, owner in markers.found(before + b" " + shown + b" " + after)] == [
        (marker.witness, "alice")
    ]
    assert not other.in_bytes(shown)


@settings(max_examples=30)
@given(st.binary(max_size=200), st.integers(min_value=0, max_value=2))
def test_markers_find_base64_in_a_stream_of_text(before: bytes, shift: int) -> None:
    """The scan over all markers agrees with the look for one."""
    markers = Markers()
    marker = markers.issue("alice")
    data = base64.b64encode(before) + b" " + base64.b64encode(b"x" * shift + marker.text.encode())
    assert marker.in_bytes(data)
    assert [owner for _, owner in markers.found(data)] == ["alice"]


@given(st.binary(max_size=300))
def test_nothing_is_found_in_what_holds_no_marker(data: bytes) -> None:
    """No false alarm, whatever a target sends."""
    markers = Markers()
    markers.issue("alice")
    assert list(markers.found(data)) == []


def test_each_marker_is_told_once_and_public_ones_belong_to_nobody() -> None:
    """A response that repeats a marker is one find; what is public by design never leaks."""
    markers = Markers()
    mine, shared = markers.issue("alice"), markers.issue("alice", public=True)
    later = markers.issue("alice")
    markers.publish(later)
    data = (mine.text * 3 + shared.text + later.text).encode()
    assert sorted((found.witness, owner) for found, owner in markers.found(data)) == sorted(
        [(mine.witness, "alice"), (shared.witness, None), (later.witness, None)]
    )
    assert [(found.witness, owner) for found, owner in markers.foreign("bob")] == [(mine.witness, "alice")]
    assert list(markers.foreign("alice")) == []
    assert len(markers) == 3


def test_objects_of_one_search_share_the_query_and_nothing_else() -> None:
    """What anybody may send tells nothing of whose data came back."""
    markers = Markers()
    first, second = markers.issue("alice", query="shared"), markers.issue("bob", query="shared")
    assert first.query == second.query == "shared"
    assert first.witness != second.witness
    assert list(markers.found(b"shared")) == []


def test_a_refusal_that_repeats_its_path_tells_nothing() -> None:
    """A slug is made of a title, and a problem or a redirect names the path; a success shows the object itself."""
    marker = Marker.new()
    for status, target, told in (
        (404, f"/notes/{marker.text}-1", False),
        (308, f"/notes/{marker.text}-1/", False),
        (200, f"/notes/{marker.text}-1", True),
        (404, "/notes/1", True),
    ):
        answer = Response(status=status, headers=(), body=f'{{"instance": "/notes/{marker.text}-1"}}'.encode())
        exchange = Exchange(id="x1", user="bob", request=Request(method="GET", target=target), response=answer)
        assert marker.told_by(exchange) is told
