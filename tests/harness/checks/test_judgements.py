"""The pure judgements of probes: what an answer means beside its control."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from harness.checks.contract import undeclared_method
from harness.checks.cors import origins
from harness.checks.isolation import background
from harness.checks.metrics import counters
from harness.checks.tokens import _forging, subject
from harness.checks.tracing import injection, unique
from harness.checks.validation import depth, size
from harness.checks.validation._input import json_with, judge, with_file
from harness.model import Outcome, Request
from harness.requests import is_json_object
from tests.harness.checks.bench import exchange

if TYPE_CHECKING:
    from collections.abc import Collection

CONTROL = exchange(200, {})
METRICS = """# TYPE http_requests_total counter
http_requests_total{{method="GET",status="200"}} {good}
http_requests_total{{method="GET",status="404"}} {bad}
# TYPE http_requests_created gauge
http_requests_created{{method="GET",status="404"}} 1.7e9
"""


@pytest.mark.parametrize(
    ("status", "allow", "outcome"),
    [
        (200, None, Outcome.FAILED),
        (405, None, Outcome.FAILED),
        (405, "GET", Outcome.FAILED),
        (405, "GET, POST, HEAD, OPTIONS", Outcome.PASSED),
        (405, "get, post, delete", Outcome.PASSED),
        (405, "GET, POST, PUT", Outcome.FAILED),
        (500, None, Outcome.INCONCLUSIVE),
        (404, None, None),
    ],
)
def test_allow_names_the_methods_of_the_path(status: int, allow: str | None, outcome: Outcome | None) -> None:
    """At least those of its own template, at most those of every template that fits the path."""
    headers = () if allow is None else (("Allow", allow),)
    found = undeclared_method.judge("PUT /x", exchange(status, {}, headers), {"GET", "POST"}, {"GET", "POST", "DELETE"})
    assert (found.outcome if found else None) is outcome


def test_what_one_part_of_a_service_does_everywhere_is_told_once() -> None:
    """One finding says how many operations refuse tokens alike, or fail alike on a body."""
    answers = {f"GET /{name}": exchange(403, {}, number=number) for number, name in enumerate("abc")}
    strange = _forging._strange(answers)
    said = "GET /a refuses with 403 (as 2 other operations do), the document declares 401 for a bad token"
    assert (strange.outcome, strange.sentence, len(strange.exchanges)) == (Outcome.FAILED, said, 3)
    broken = [depth._judge("nested arrays", name, exchange(500, {}), CONTROL) for name in answers]
    assert depth._together(broken[:1]).sentence == "10000 nested arrays of GET /a is answered 500"
    assert depth._together(broken).sentence.endswith("of GET /a is answered 500 (and 2 other operations)")


@pytest.mark.parametrize(
    ("allowed", "outcome"),
    [("https://a.example", Outcome.FAILED), ("https://b.example", Outcome.PASSED), ("*", Outcome.PASSED)],
)
def test_an_origin_may_read_what_names_it(allowed: str, outcome: Outcome) -> None:
    """Only a reflected origin opens a private answer; a wildcard never does with credentials."""
    answer = exchange(200, {}, (("Access-Control-Allow-Origin", allowed),))
    assert origins.judge("https://a.example", (answer,), CONTROL).outcome is outcome


def test_counters_are_read_by_class_and_only_too_little_is_wrong() -> None:
    """Requests of others may be counted too; errors that became successes may not."""
    before = counters.parse(METRICS.format(good=5, bad=1))
    sent = [exchange(200, {}), exchange(404, {}), exchange(404, {})]
    for good, bad, outcome in (
        (6, 3, Outcome.PASSED),
        (9, 9, Outcome.PASSED),
        (8, 1, Outcome.FAILED),
        (5, 1, Outcome.INCONCLUSIVE),
    ):
        moved = counters.parse(METRICS.format(good=good, bad=bad)) - before
        assert counters.judge("http_requests_total", moved, sent, (CONTROL, CONTROL)).outcome is outcome


def ids(make: object) -> Outcome:
    """Return how 500 ids are judged."""
    made = [exchange(200, {}, (("X-Trace", make(number)),), number=number) for number in range(500)]  # type: ignore[operator]
    return unique.judge("X-Trace", made).outcome


def test_ids_must_be_many_different_and_unguessable() -> None:
    """Random ones pass; constants, counters and counters that look like UUIDs do not."""
    assert ids(lambda _: uuid.uuid4().hex) is Outcome.PASSED
    assert ids(lambda _: "same") is Outcome.FAILED
    assert ids(str) is Outcome.FAILED
    assert ids(lambda number: str(uuid.UUID(int=number))) is Outcome.FAILED
    assert unique.judge("X-Trace", [CONTROL]).outcome is Outcome.INCONCLUSIVE


def test_a_reflected_id_must_be_short_and_printable_and_one() -> None:
    """Added lines, long or unprintable ids and failures are findings; a replaced id is none."""
    for headers, status, outcome in (
        ((("X-Trace", "abc"),), 200, Outcome.PASSED),
        ((("X-Trace", "a" * 300),), 200, Outcome.FAILED),
        ((("X-Trace", "h\u00e9"),), 200, Outcome.FAILED),
        ((("X-Trace", "a"), (injection.INJECTED, "1")), 200, Outcome.FAILED),
        ((("X-Trace", "a"), ("X-Trace", "b")), 200, Outcome.FAILED),
        ((), 500, Outcome.FAILED),
        ((), 400, Outcome.PASSED),
    ):
        assert injection.judge("x", "X-Trace", exchange(status, {}, headers), CONTROL).outcome is outcome


@pytest.mark.parametrize(("status", "outcome"), [(201, Outcome.PASSED), (422, Outcome.PASSED), (500, Outcome.FAILED)])
def test_odd_input_may_be_refused_or_accepted(status: int, outcome: Outcome) -> None:
    """Only a failure of the server is wrong."""
    assert judge("s", "w", exchange(status, {}), CONTROL, "POST /x").outcome is outcome


def test_a_json_field_is_replaced_by_any_text() -> None:
    """Also by what no JSON library would write."""
    request = Request(
        method="POST", target="/x", headers=(("Content-Type", "application/json"),), body=b'{"a": "b", "c": 1}'
    )
    assert is_json_object(request)
    assert json_with(request, "a", "NaN").body == b'{"a": NaN, "c": 1}'


def test_the_file_of_a_form_is_replaced_and_the_rest_kept() -> None:
    """Name, type and bytes of the file change; other parts and the framing stay."""
    body = (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nold\r\n'
        b'--b\r\nContent-Disposition: form-data; name="t"\r\n\r\ntitle\r\n--b--\r\n'
    )
    request = Request(
        method="POST", target="/x", headers=(("Content-Type", "multipart/form-data; boundary=b"),), body=body
    )
    made = with_file(request, filename="n.pdf", media_type="application/pdf", content=b"\x00new")
    assert made is not None
    assert made.body == body.replace(b"a.txt", b"n.pdf").replace(b"text/plain", b"application/pdf").replace(
        b"old", b"\x00new"
    )
    assert with_file(Request(method="POST", target="/x", body=b"{}"), filename="n", media_type="m", content=b"") is None


def test_a_body_in_chunks_is_whole_and_announces_no_length() -> None:
    """RFC 9112, section 7.1."""
    made = size.in_chunks(Request(method="POST", target="/x", body=b"a" * (size.CHUNK + 1)))
    assert made.body == b"4000\r\n" + b"a" * size.CHUNK + b"\r\n1\r\na\r\n0\r\n\r\n"
    assert made.header("Transfer-Encoding") == "chunked"


@pytest.mark.parametrize(
    ("found", "overtaken"),
    [
        ((), 0),
        ((0, 1, 5), 0),
        ((29,), 24),
        ((6, 7), 6),
        (range(30), 0),
        (range(1, 30), 1),
        (range(24), 0),
    ],
)
def test_what_was_overtaken_was_created_in_an_earlier_wave(found: Collection[int], overtaken: int) -> None:
    """A slow worker leaves out the latest, one that works for the wrong user any."""
    objects: list[Any] = [object() for _ in range(background.WAVES * 2 * background.AT_ONCE)]
    missing = [each for at, each in enumerate(objects) if at not in found]
    assert len(background._overtaken(objects, missing)) == overtaken


INVISIBLE = {"only in a blank after it", "only in a character without width"}
OF_LETTERS = {"only in the width of a letter", "only in a letter that is percent-encoded"}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("alice-1", {"only in letter case", *INVISIBLE, *OF_LETTERS}),
        (str(uuid.UUID(int=2**127 + 0xA)), {*INVISIBLE, *OF_LETTERS}),
        ("4711", INVISIBLE),
    ],
)
def test_subjects_that_are_two_users_are_made_of_one(text: str, kinds: set[str]) -> None:
    """In capitals a UUID is the same one; a number has no capitals, and no letter to widen."""
    found = dict(subject._alike(text))
    patterns = {name for name in found if {*found[name]} & set("*,|'\0") or found[name].endswith("%")}
    assert set(found) - patterns == kinds
    assert len(patterns) == 6
    assert text not in found.values()
