"""Scarce quotas: a user keeps at least half of what it has, and enough for the cleanup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.lab import Inconclusive
from harness.lab.quota import PLENTY, Quota
from harness.model import Exchange, Request, Response


def spend_all(quota: Quota, reserved: int) -> None:
    """Spend for as long as it is let."""
    for _ in range(PLENTY):
        quota.spend("alice", reserved=reserved)


def told(value: str, name: str = "X-RateLimit-Remaining") -> Exchange:
    """Return an exchange that tells what remains."""
    response = Response(status=200, headers=((name, value),))
    return Exchange(id="x1", user="alice", request=Request(method="GET", target="/"), response=response)


@given(st.integers(min_value=0, max_value=PLENTY - 1), st.integers(min_value=0, max_value=30))
def test_requests_and_reserved_deletes_never_touch_half_of_the_quota(remaining: int, objects: int) -> None:
    """However many are sent, those and one delete for each object leave more than half."""
    quota = Quota()
    assert quota.learn("alice", told(str(remaining))) == remaining
    with pytest.raises(Inconclusive, match="alice's quota does not afford this") as caught:
        spend_all(quota, objects)
    assert caught.value.reason == "quota"
    sent = quota.spent["alice"]
    assert sent == 0 or sent + objects <= remaining / 2


@pytest.mark.parametrize(
    ("name", "value", "known"),
    [
        ("X-RateLimit-Remaining", "100", 100),
        ("RateLimit-Remaining", " 7 ", 7),
        ("x-rate-limit-remaining", "7", 7),
        ("X-RateLimit-Remaining", "many", None),
        ("X-RateLimit-Remaining", "-1", None),
        ("X-RateLimit-Remaining", "²", None),
        ("X-RateLimit-Limit", "100", None),
        ("X-My-RateLimit-Remaining-Today", "100", None),
    ],
)
def test_the_usual_headers_are_understood(name: str, value: str, known: int | None) -> None:
    """What remains is learned from the header, and from nothing that only looks like it."""
    quota = Quota()
    assert quota.learn("alice", told(value, name)) == known
    assert quota.scarce == (known is not None)


def test_a_header_of_its_own_is_taken_by_its_name() -> None:
    """Where the scenario names the header, only that one counts."""
    quota = Quota()
    assert quota.learn("alice", told("9", "Left"), header="left") == 9
    assert quota.learn("bob", told("9"), header="left") is None


def test_plenty_is_no_bound_and_one_user_does_not_bound_another() -> None:
    """Who has thousands is not counted; nor is who is not known."""
    quota = Quota()
    quota.learn("alice", told(str(PLENTY)))
    quota.learn("bob", told("2"))
    for _ in range(100):
        quota.spend("alice", reserved=0)
        quota.spend("carol", reserved=0)
    with pytest.raises(Inconclusive):
        quota.spend("bob", reserved=0)


def test_no_answer_tells_nothing() -> None:
    """A target that is down sets no bound."""
    silent = Exchange(id="x1", user="alice", request=Request(method="GET", target="/"), error="reset")
    assert Quota().learn("alice", silent) is None
