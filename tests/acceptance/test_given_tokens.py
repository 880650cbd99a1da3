"""Two tokens, the usual quota, no secret: a verdict for stated reasons, and users who can go on working."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.acceptance.running import Service, harness, readable

if TYPE_CHECKING:
    from pathlib import Path

PER_HOUR = 100


def test_two_tokens_are_enough_for_a_verdict_and_keep_half_of_their_quota(service: Service, tmp_path: Path) -> None:
    """GO or HOLD, never NO-GO on a sound service; at least 50 of 100 requests are left, and no object."""
    tokens = {"A": service.token("quota-alice"), "B": service.token("quota-bob")}
    users = ("--user", "alice=env:A", "--user", "bob=env:B")
    ended = harness("verify", service.url, *users, folder=tmp_path, **tokens)
    assert ended.code in {0, 10}, ended.shown
    document = readable(tmp_path)
    assert document["decision"] in {"GO", "HOLD"}
    assert document["reasons"]
    for token in tokens.values():
        files = service.get("/api/v1/knowledge/files", token)
        assert int(files.headers["X-RateLimit-Limit"]) == PER_HOUR
        assert int(files.headers["X-RateLimit-Remaining"]) >= PER_HOUR / 2 - 1  # the question itself costs one
        assert files.json()["total"] == 0
        assert service.get("/api/v1/memory", token).json()["total"] == 0
    assert not any(token in ended.shown for token in tokens.values())
