"""The door: what is in scope, what is paid for, and when it may leave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import BudgetExhausted, ConfigurationError, OutOfScope
from harness.model import Request
from harness.policy import MAX_TARGET, Budget, Origin, Policy


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def _policy(url: str = "http://127.0.0.1:8000/api", *, read_only: bool = False) -> Policy:
    return Policy(origin=Origin.parse(url), budget=Budget(requests=5, seconds=10, per_second=1000), read_only=read_only)


@pytest.mark.parametrize(
    ("url", "authority", "prefix", "local"),
    [
        ("http://example.com", "example.com", "", False),
        ("https://example.com:8443/api/", "example.com:8443", "/api", False),
        ("http://[::1]:80/", "[::1]", "", True),
        ("http://localhost:8000", "localhost:8000", "", True),
        ("http://127.8.9.1", "127.8.9.1", "", True),
        ("https://127.0.0.1.example.com", "127.0.0.1.example.com", "", False),
    ],
)
def test_origin_is_read_off_a_url(url: str, authority: str, prefix: str, local: bool) -> None:
    """Authority without a default port, prefix without a trailing slash, brackets around IPv6."""
    origin = Origin.parse(url)
    assert (origin.authority, origin.prefix, origin.is_local) == (authority, prefix, local)


@pytest.mark.parametrize("url", ["example.com", "ftp://example.com", "http://", "http://h:99999", "http://a:b@h"])
def test_what_is_no_usable_url_is_refused(url: str) -> None:
    """A URL without scheme or host, or with a password in it, is a configuration error that does not repeat it."""
    with pytest.raises(ConfigurationError) as caught:
        Origin.parse(url)
    assert "a:b" not in str(caught.value)


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/apix",
        "/api/../admin",
        "/api/%2e%2e/admin",
        "/api/..%2fadmin",
        "http://elsewhere/api",
        "*",
        "",
        "/api/" + "a" * MAX_TARGET,
    ],
)
def test_a_target_outside_the_base_path_is_never_sent(target: str) -> None:
    """Whatever the spelling, a path outside the prefix, or on another host, is refused, noted and not paid for."""
    policy = _policy()
    with pytest.raises(OutOfScope):
        policy.check(Request(method="GET", target=target))
    assert len(policy.refused) == 1
    assert not policy.admits(Request(method="GET", target=target))
    assert policy.budget.spent == 0


@pytest.mark.parametrize("target", ["/api", "/api/", "/api/a/../b?x=/../..", "/api/%C3%A9"])
def test_a_target_below_the_base_path_may_leave(target: str) -> None:
    """The prefix itself, and everything below it; dots in a query mean nothing."""
    _policy().check(Request(method="GET", target=target))
    assert _policy().admits(Request(method="GET", target=target))


def test_a_read_only_run_changes_nothing() -> None:
    """Only GET, HEAD and OPTIONS leave a read-only run."""
    policy = _policy(read_only=True)
    policy.check(Request(method="HEAD", target="/api"))
    for method in ("POST", "DELETE", "get"):
        with pytest.raises(OutOfScope, match="read-only"):
            policy.check(Request(method=method, target="/api"))


async def test_the_budget_of_requests_is_a_hard_limit() -> None:
    """Five are paid for, the sixth is refused; a debit is all or nothing; a refund can be spent again."""
    policy = _policy()
    for _ in range(4):
        await policy.permit(Request(method="GET", target="/api"))
    with pytest.raises(BudgetExhausted):
        policy.budget.debit(2)
    assert policy.budget.left == 1
    await policy.permit(Request(method="GET", target="/api"))
    with pytest.raises(BudgetExhausted):
        await policy.permit(Request(method="GET", target="/api"))
    policy.budget.refund(1)
    await policy.permit(Request(method="GET", target="/api"))


def test_the_budget_of_time_is_a_hard_limit() -> None:
    """After the seconds are over nothing is paid for any more."""
    clock = Clock()
    budget = Budget(requests=5, seconds=10, per_second=1, clock=clock)
    clock.now = 10.5
    with pytest.raises(BudgetExhausted, match="time"):
        budget.debit(1)


@given(st.lists(st.floats(min_value=0, max_value=3), min_size=1, max_size=60))
def test_pacing_keeps_the_rate(pauses: list[float]) -> None:
    """However requests arrive, they leave at least one interval apart, but for a burst of two after a pause."""
    clock = Clock()
    budget = Budget(requests=100, seconds=1e9, per_second=4, clock=clock)
    leaves = []
    for pause in pauses:
        clock.now += pause
        leaves.append(clock.now + budget.pace())
    assert all(later - earlier >= 0.25 - 1e-9 for earlier, later in zip(leaves, leaves[2:], strict=False))
