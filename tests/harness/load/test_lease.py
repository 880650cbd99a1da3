"""What a lease allows, how it travels, and when its arrivals are due."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from harness.errors import ConfigurationError, HarnessError, OutOfScope
from harness.load.lease import Lease, check, decode, encode
from harness.load.schedule import arrivals
from harness.model import Identity, Request
from tests.harness.load.conftest import lease, shot

BASE = "http://127.0.0.1:9/api"


def test_a_lease_survives_the_journey() -> None:
    """What the child reads is what the parent wrote, bytes that are no text included."""
    made = shot("/api/x", method="PUT", body=b"\x00\xff", must_contain=b"\xfe", limited_ok=True, keep=True, weight=3.0)
    order = lease(BASE, made, shot("/api"), foreign={"bob": (b"\x80mark",)}, ca="ca.pem", verify=False, deadline=9.0)
    expected = replace(
        order, shots=tuple(replace(s, request=replace(s.request, operation=s.operation)) for s in order.shots)
    )
    assert decode(encode(order)) == expected


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:10/api/x",
        "@127.0.0.1:10/api/x",
        ":10/api/x",
        "/other",
        "/apix",
        "/api/../other",
        "/api/%2e%2E/other",
        "/api/..%2Fother",
        "/api/x y",
        "/api/x\r\nHost: other",
        "/api/x#y",
        "/api\\x",
        "",
    ],
)
def test_a_target_outside_is_refused(target: str) -> None:
    """Only targets in origin form below the pinned prefix are sent."""
    with pytest.raises(OutOfScope, match="nothing was sent"):
        check(lease(BASE, shot(target)))


@pytest.mark.parametrize("target", ["/api", "/api?x=1", "/api/x/..y", "/api/%7Ba%7D?q=../x"])
def test_a_target_inside_is_allowed(target: str) -> None:
    """The prefix itself, queries and names with dots are inside."""
    check(lease(BASE, shot(target)))


@pytest.mark.parametrize(
    "header", [("Host", "other"), ("x", "a\r\nHost: other"), ("x y", "z"), ("content-Length", "3")]
)
def test_a_header_that_frames_or_addresses_is_refused(header: tuple[str, str]) -> None:
    """Headers cannot redirect a request, end it early or smuggle another."""
    made = shot("/api")
    with pytest.raises(OutOfScope):
        check(lease(BASE, replace(made, request=replace(made.request, headers=(header,)))))


def test_a_method_with_a_space_is_refused() -> None:
    """A method cannot carry a request line of its own."""
    with pytest.raises(OutOfScope):
        check(lease(BASE, replace(shot(), request=Request(method="GET / HTTP/1.1\r\n", target="/api"))))


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (lease(BASE, shot("/api"), rate=0), "rate > 0"),
        (lease(BASE, shot("/api"), seconds=float("inf")), "seconds > 0"),
        (lease(BASE, shot("/api"), cap=0), "cap > 0"),
        (lease(BASE, shot("/api"), deadline=-1), "deadline > 0"),
        (lease(BASE, shot("/api"), arrivals="often"), "found 'often'"),
        (lease(BASE, shot("/api", user="carol")), "found 'carol'"),
        (lease(BASE, shot("/api", weight=0)), "weight > 0"),
        (replace(lease(BASE), shots=()), "no operation"),
        (lease("ftp://127.0.0.1"), "http"),
        (lease("http://user:pass@127.0.0.1/"), "without user"),
        (lease("http://127.0.0.1:99999/"), "Port"),
        (lease("http:///x"), "host"),
    ],
)
def test_what_cannot_work_is_refused(order: Lease, said: str) -> None:
    """A lease that makes no sense says what is wrong with it before anything starts."""
    with pytest.raises(ConfigurationError, match=said):
        check(order)


def test_a_credential_with_a_line_break_is_refused() -> None:
    """A token file with a second line cannot add a header, and the refusal does not repeat the token."""
    alice = Identity(name="alice", headers=(("Authorization", "Bearer hunter2\nHost: other"),))
    with pytest.raises(ConfigurationError, match="credential of 'alice'") as refusal:
        check(replace(lease(BASE, shot("/api")), identities=(alice,)))
    assert "hunter2" not in str(refusal.value)


def test_no_refusal_shows_a_secret() -> None:
    """The error for a base URL with a password in it does not repeat the password."""
    with pytest.raises(HarnessError) as refusal:
        check(lease("http://user:hunter2@127.0.0.1/"))
    assert "hunter2" not in str(refusal.value)


def test_poisson_arrivals_keep_the_rate_and_come_in_bursts() -> None:
    """Exactly rate x seconds arrivals, in order, whose gaps vary as those of independent users do."""
    schedule = arrivals(lease(BASE, rate=100, seconds=100, arrivals="poisson"))
    due = [arrival.due for arrival in schedule]
    assert len(due) == 10000
    assert due == sorted(due)
    assert due[0] >= 0
    assert due[-1] < 100
    gaps = [after - before for before, after in pairwise(due)]
    assert sum(gap < 0.001 for gap in gaps) / len(gaps) == pytest.approx(0.095, abs=0.015)  # 1 - exp(-0.1)


def test_the_seed_decides_the_schedule_and_weights_the_mix() -> None:
    """The same seed repeats the schedule, another does not, and shots come in the proportion of their weights."""
    order = lease(BASE, shot("/api/a", weight=3), shot("/api/b", weight=1), rate=100, seconds=100, arrivals="poisson")
    assert arrivals(order) == arrivals(order)
    assert arrivals(order) != arrivals(replace(order, seed=8))
    shares = Counter(arrival.shot for arrival in arrivals(order))
    assert shares[0] / shares.total() == pytest.approx(0.75, abs=0.02)


@pytest.mark.parametrize(("rate", "timeout", "bound"), [(1, 1, 64), (100, 10, 1500), (10000, 60, 4096)])
def test_requests_in_flight_are_bounded(rate: float, timeout: float, bound: int) -> None:
    """The bound holds what a time-out can pile up at this rate, and never more than one process can carry."""
    assert lease(BASE, rate=rate, timeout=timeout).in_flight == bound
