"""Rate limiting: exactly the limit passes, for each user, and the headers say so."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.limits import allowance, interval
from reference_service.model import Tier
from tests.reference_service.running import KNOWLEDGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from reference_service.stack import Servers
    from tests.reference_service.running import Running, User

LIST = f"{KNOWLEDGE}/files?limit=1"
SMALL = "test"


def test_exactly_the_limit_passes(service: Running) -> None:
    """A full bucket of 20 lets 20 requests pass; the next is refused, and other users do not notice."""
    user, neighbour = service.user(tier="score"), service.user(tier="score")
    answers = [user.get(LIST) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert [int(answer.headers["X-RateLimit-Remaining"]) for answer in answers[:20]] == list(range(19, -1, -1))
    refused = answers[-1]
    assert refused.json()["error_code"] == "RATE_LIMIT_EXCEEDED"
    assert 170 <= int(refused.headers["Retry-After"]) <= 180
    first = neighbour.get(LIST)
    assert (first.status_code, first.headers["X-RateLimit-Remaining"]) == (200, "19")


def test_exactly_the_limit_passes_at_once(service: Running) -> None:
    """64 concurrent requests on a bucket of 100: of 130, exactly 100 pass."""
    name = service.user().name
    token = service.token(name, tier="free")
    headers = {"Authorization": f"Bearer {token}"}
    with ThreadPoolExecutor(64) as pool, httpx.Client(base_url=service.url, headers=headers, timeout=30) as client:
        statuses = list(pool.map(lambda _: client.get(LIST).status_code, range(130)))
    assert (statuses.count(200), statuses.count(429)) == (100, 30)


def test_a_refused_request_moves_nothing(service: Running) -> None:
    """However often one asks in vain, one request fits after Retry-After seconds."""
    user = service.user(tier=SMALL)
    while (answer := user.get(LIST)).status_code == 200:
        pass
    before = int(answer.headers["X-RateLimit-Reset"])
    for _ in range(5):
        answer = user.get(LIST)
    assert int(answer.headers["X-RateLimit-Reset"]) - before <= 1
    time.sleep(int(answer.headers["Retry-After"]) + 0.05)
    assert user.get(LIST).status_code == 200


def test_the_headers_agree(service: Running) -> None:
    """Limit, remaining and reset, and the structured fields, tell the same."""
    user = service.user(tier="score")
    user.get(LIST)
    headers = user.get(LIST).headers
    assert headers["X-RateLimit-Limit"] == "20"
    assert headers["RateLimit-Policy"] == '"user";q=20;w=3600'
    assert headers["RateLimit"].startswith(f'"user";r={headers["X-RateLimit-Remaining"]};t=')
    assert 0 <= int(headers["X-RateLimit-Reset"]) - time.time() <= 362


def test_errors_cost_and_refusals_do_not(service: Running) -> None:
    """Past the token everything costs 1 whatever its status; 401, 404 of a route and 405 cost nothing."""
    user = service.user(tier="score")

    def left() -> int:
        return int(user.get(LIST).headers["X-RateLimit-Remaining"])

    start = left()
    for method, path in (("GET", "/nowhere"), ("PUT", f"{KNOWLEDGE}/files"), ("GET", LIST)):
        headers = {"Authorization": "Bearer x"} if path == LIST else {}
        assert "X-RateLimit-Limit" not in user.request(method, path, headers=headers).headers
    assert start - left() == 1
    assert user.get(f"{KNOWLEDGE}/files?limit=0").status_code == 422
    assert user.get(f"{KNOWLEDGE}/files/00000000-0000-4000-8000-000000000000").status_code == 404
    assert user.post(f"{KNOWLEDGE}/search", content=b"{").status_code == 422
    assert start - left() == 5


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-User-ID", "User-Agent"])
def test_no_header_picks_the_bucket(service: Running, header: str) -> None:
    """A drained user stays drained whatever it claims."""
    user = service.user(tier="tiny")
    while user.get(LIST).status_code == 200:
        pass
    assert user.get(LIST, headers={header: "10.1.2.3"}).status_code == 429


def test_tiers_come_from_the_token(service: Running) -> None:
    """Each tier has its limit; an unknown one has that of the free tier."""
    limits = {tier: service.user(tier=tier).get(LIST).headers["X-RateLimit-Limit"] for tier in ("pro", "gold")}
    assert limits == {"pro": "1000", "gold": "100"}


def test_without_its_store_nothing_passes(
    start: Callable[..., AbstractContextManager[Running]], servers: Servers
) -> None:
    """While Valkey is down or hangs every private request answers 503 within a second; afterwards it works again."""
    with start() as service:
        user = service.user()
        assert user.get(LIST).status_code == 200
        servers.stop_redis()
        try:
            began = time.monotonic()
            answer = user.get(LIST)
            assert time.monotonic() - began < 1.0
        finally:
            servers.start_redis()
        assert (answer.status_code, answer.json()["error_code"]) == (503, "DEPENDENCY_DOWN")
        assert int(answer.headers["Retry-After"]) >= 1
        assert "X-RateLimit-Limit" not in answer.headers
        assert user.get(LIST).status_code == 200


@given(limit=st.integers(1, 10_000), window=st.integers(1, 100_000), taken=st.integers(0, 10_000))
def test_the_arithmetic_of_a_bucket(limit: int, window: int, taken: int) -> None:
    """After n tokens of a full bucket, limit - n are left, and one fits exactly when one is left."""
    tier = Tier(name="t", limit=limit, window_seconds=window)
    now, taken = 1_700_000_000_000_000, min(taken, limit)
    found = allowance(tier, allowed=True, now=now, full_at=now + taken * interval(tier))
    assert found.remaining == limit - taken
    assert (found.retry_after == 0) == (found.remaining > 0)
    assert found == replace(found, full_in=-(-(taken * interval(tier)) // 1_000_000))


def test_memory_and_knowledge_share_the_bucket(alice: User) -> None:
    """A user has one bucket for all operations."""
    first = int(alice.get(LIST).headers["X-RateLimit-Remaining"])
    assert int(alice.get("/api/v1/memory").headers["X-RateLimit-Remaining"]) in {first - 1, first}
