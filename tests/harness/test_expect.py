"""Judgements: what two answers differ in, and what is only noise."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import expect
from harness.model import Exchange, Outcome, Request, Response, Severity

ASKED = Request(method="GET", target="/things/1")
TEXTS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8)


def answer(status: int = 404, body: Any = None, **headers: str) -> Exchange:
    """Return an exchange with this answer."""
    sent = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(id="x1", user="bob", request=ASKED, response=Response(status=status, headers=sent, body=content))


@given(TEXTS, st.lists(TEXTS, min_size=3, max_size=3, unique=True))
def test_what_changes_from_answer_to_answer_is_noise(detail: str, numbers: list[str]) -> None:
    """Request ids, dates and quotas that differ among the unknown answers too are not held against the foreign one."""
    foreign, *unknown = [
        answer(body={"detail": detail, "request_id": number}, X_Request_Id=number, Date=number) for number in numbers
    ]
    assert expect.differences(foreign, unknown) == {}


@given(TEXTS, TEXTS)
def test_identifiers_that_a_body_repeats_are_no_difference(mine: str, other: str) -> None:
    """Each answer may name the identifier that it was asked for."""
    same, theirs = f"id-{mine}-a", f"id-{other}-b"
    asked = [answer(body={"detail": f"no thing {name}"}) for name in (same, theirs, theirs)]
    assert expect.differences(asked[0], asked[1:], names=[(same, "{id}"), (theirs, "{id}")]) == {}


@pytest.mark.parametrize(
    ("foreign", "part"),
    [
        (answer(403, {"detail": "gone"}), "status"),
        (answer(404, {"detail": "not yours"}), "body/detail"),
        (answer(404, {"detail": "gone", "hint": 1}), "body/hint"),
        (answer(404, []), "body"),
        (answer(404, b"gone"), "body"),
        (answer(404, {"detail": "gone"}, ETag="1"), "header etag"),
        (answer(404, {"detail": "gone"}, Cache_Control="private"), "header cache-control"),
    ],
)
def test_each_difference_is_named(foreign: Exchange, part: str) -> None:
    """Status, each header, each leaf of the body, and its form: another answer tells that something is there."""
    unknown = [answer(404, {"detail": "gone"}), answer(404, {"detail": "gone"})]
    assert part in expect.differences(foreign, unknown)


def test_the_value_of_an_entity_tag_is_no_difference_but_its_presence_is() -> None:
    """What is opaque by design differs in value from answer to answer."""
    unknown = [answer(ETag="a"), answer(ETag="a")]
    assert expect.differences(answer(ETag="b"), unknown) == {}


def test_no_answer_is_a_difference_from_an_answer() -> None:
    """A target that drops the connection for foreign objects only is seen."""
    silent = Exchange(id="x1", user="bob", request=ASKED, error="reset")
    assert expect.differences(silent, [answer(), answer()])["status"] == ("(nothing)", "404")


@pytest.mark.parametrize(("status", "said"), [(399, None), (400, "400"), (401, "401"), (499, "499"), (500, None)])
def test_only_client_errors_are_refusals(status: int, said: str | None) -> None:
    """A crash is no refusal, and neither is a redirect."""
    assert expect.refusal(answer(status)) == said


@given(st.text(), st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=20, max_size=400), st.text())
def test_an_excerpt_never_holds_half_a_secret(before: str, secret: str, after: str) -> None:
    """A word that the cut would go through is left out: a redactor only knows whole secrets."""
    shown = expect.excerpt(answer(body=f"{before} {secret} {after}".encode()))
    assert len(shown) <= expect.EXCERPT
    assert "\n" not in shown
    assert secret in shown or secret[:16] not in shown.replace(" ".join(before.split()), "")


def test_constructors_keep_the_order_of_exchanges_and_name_each_once() -> None:
    """An observation points to its exchanges in the order of the steps."""
    first, second = answer(), Exchange(id="x2", user="bob", request=ASKED, error="timeout: 5 s")
    observed = expect.inconclusive("thing", "no-control", "nothing", first, second, first)
    assert (observed.outcome, observed.exchanges, observed.reason) == (Outcome.INCONCLUSIVE, ("x1", "x2"), "no-control")
    assert expect.status_of(second) == "timeout: 5 s"
    assert expect.skipped("thing", "not-seen", "none").outcome is Outcome.SKIPPED


@given(st.sampled_from(Severity), st.sampled_from(Severity))
def test_the_graver_severity_wins_in_any_order(one: Severity, other: Severity) -> None:
    """The result is one of the two, the same either way, and blocks if either does."""
    worst = expect.worst_severity(one, other)
    assert worst == expect.worst_severity(other, one)
    assert worst in {one, other}
    assert worst.blocks == (one.blocks or other.blocks)
