"""The knowledge API: upload, index, search, read, list, delete."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from reference_service.embedding import hashed
from tests.reference_service.running import KNOWLEDGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.reference_service.running import Running, User

SEARCH = f"{KNOWLEDGE}/search"
TEXT = "Keys are rotated every month.\n\nThe cafeteria serves soup on Mondays. " + "Filler sentence number one. " * 90


def test_an_upload_is_stored_and_soon_indexed(alice: User) -> None:
    """202 with a queued file; the worker indexes it, after which everything about it can be read."""
    fields = {"title": "Handbook", "source": "email", "tags": '["a", "b"]', "description": "of keys"}
    answer = alice.post(f"{KNOWLEDGE}/upload", files={"file": ("h.md", TEXT)}, data=fields)
    body = answer.json()
    assert (answer.status_code, body["status"], body["request_id"]) == (202, "queued", answer.headers["X-Request-ID"])
    file = alice.wait_until_indexed(body["file_id"])
    assert (file["status"], file["title"], file["source"], file["tags"]) == ("indexed", "Handbook", "email", ["a", "b"])
    assert (file["mime_type"], file["size_bytes"], file["chunks_count"]) == ("text/markdown", len(TEXT), 3)
    assert alice.get(file["url"]).json() == file
    assert alice.get(f"{KNOWLEDGE}/files").json()["files"] == [file]


def test_every_concurrent_upload_is_kept(alice: User) -> None:
    """Thirty uploads at once, thirty files."""
    with ThreadPoolExecutor(10) as pool:
        ids = set(pool.map(lambda number: alice.upload(f"text {number}"), range(30)))
    assert set(alice.files()) == ids


@pytest.mark.parametrize("strategy", ["smart", "fixed_size", "semantic"])
def test_indexing_at_once(alice: User, strategy: str) -> None:
    """Each strategy answers with what it did, and doing it twice changes nothing."""
    file_id = alice.upload(TEXT)
    first = alice.index(file_id, chunk_strategy=strategy, chunk_overlap=50).json()
    second = alice.index(file_id, chunk_strategy=strategy, chunk_overlap=50).json()
    assert first["chunks_created"] == first["vectors_stored"] == second["chunks_created"] >= 3
    assert first["tokens_processed"] >= len(TEXT.split())
    assert (first["status"], first["embedding_model_used"]) == ("indexed", "local")
    assert alice.get(first["file_url"]).json()["chunks_count"] == first["chunks_created"]


def test_search_ranks_by_meaning(alice: User) -> None:
    """The nearest chunk comes first, scores fall, and positions point into the file."""
    keys = alice.upload("How to rotate the keys of the service", metadata='{"team": "security"}')
    soup = alice.upload("Recipes for soup and bread")
    for file_id in (keys, soup):
        alice.wait_until_indexed(file_id)
    results = alice.search("rotate keys")
    assert [hit["file_id"] for hit in results] == [keys, soup]
    assert [hit["rank"] for hit in results] == [1, 2]
    assert results[0]["similarity_score"] > results[1]["similarity_score"]
    assert results[0]["metadata"] == {"team": "security"}
    assert results[0]["text"] == "How to rotate the keys of the service"
    assert alice.search("rotate keys", top_k=1, include_metadata=False) == [results[0] | {"metadata": None}]
    assert [hit["file_id"] for hit in alice.search("rotate keys", similarity_threshold=0.3)] == [keys]


def test_a_vector_may_stand_for_the_query(alice: User) -> None:
    """A vector of the right dimension decides instead of the text; another dimension is refused."""
    wanted, other = alice.upload("bicycles"), alice.upload("volcanoes")
    for file_id in (wanted, other):
        alice.wait_until_indexed(file_id)
    assert alice.search("volcanoes", query_embedding=hashed("bicycles"))[0]["file_id"] == wanted
    assert alice.post(SEARCH, json={"query": "x", "query_embedding": [0.5] * 3}).status_code == 422


def test_filters_narrow_a_search(alice: User) -> None:
    """Tags, source and times, alone and together."""
    one = alice.upload("same text", tags='["red", "old"]', source="slack")
    two = alice.upload("same text", tags='["red"]', source="email")
    for file_id in (one, two):
        alice.wait_until_indexed(file_id)
    now = datetime.now(UTC)
    past, future = (now - timedelta(hours=1)).isoformat(), (now + timedelta(hours=1)).isoformat()

    def found(**filters: Any) -> set[str]:
        return {hit["file_id"] for hit in alice.search("same text", filters=filters)}

    assert found(tags=["red"]) == {one, two}
    assert found(tags=["red", "old"]) == {one}
    assert found(tags=["blue"]) == set()
    assert found(source="email") == {two}
    assert found(created_after=past, created_before=future) == {one, two}
    assert found(created_after=future) == found(created_before=past) == set()
    assert found(tags=["old"], source="email") == set()


def test_rerank_lets_shared_words_count(alice: User) -> None:
    """A file indexed with rerank scores higher for a query whose words it has."""
    file_id = alice.upload("alpha beta gamma delta epsilon zeta eta theta iota kappa")
    alice.index(file_id)
    plain = alice.search("alpha beta")[0]["similarity_score"]
    alice.index(file_id, rerank=True)
    assert alice.search("alpha beta")[0]["similarity_score"] > plain


def test_answers_are_kept_until_a_write(alice: User, bob: User) -> None:
    """The same search again comes from the cache; another user's does not; any write of one's own empties it."""
    alice.wait_until_indexed(alice.upload("cached words"))
    asked = {"query": "cached words"}
    first, again = (alice.post(SEARCH, json=asked).json() for _ in range(2))
    assert (first["cache_hit"], again["cache_hit"]) == (False, True)
    assert again["results"] == first["results"]
    assert bob.post(SEARCH, json=asked).json()["cache_hit"] is False
    assert alice.post(SEARCH, json=asked | {"top_k": 3}).json()["cache_hit"] is False
    alice.delete(f"{KNOWLEDGE}/files/{first['results'][0]['file_id']}")
    after = alice.post(SEARCH, json=asked).json()
    assert (after["cache_hit"], after["results"]) == (False, [])


def test_pages_follow_each_other(alice: User) -> None:
    """Newest first, no file twice, no next page after the last."""
    ids = [alice.upload(str(number)) for number in range(5)]
    seen, url = [], f"{KNOWLEDGE}/files?limit=2"
    while url:
        page = alice.get(url).json()
        assert (page["total"], page["limit"]) == (5, 2)
        seen += [file["file_id"] for file in page["files"]]
        url = page["next_page_url"]
    assert seen == ids[::-1]
    assert alice.get(f"{KNOWLEDGE}/files?offset=99").json()["files"] == []


def test_a_deleted_file_is_gone_everywhere(alice: User) -> None:
    """After 204: not listed, not read, not found, not indexed, not deleted twice."""
    file_id = alice.upload("soon gone")
    alice.wait_until_indexed(file_id)
    assert alice.search("soon gone")
    answer = alice.delete(f"{KNOWLEDGE}/files/{file_id}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert alice.files() == []
    assert alice.search("soon gone") == []
    assert alice.get(f"{KNOWLEDGE}/files/{file_id}").status_code == 404
    assert alice.index(file_id).status_code == 404
    assert alice.delete(f"{KNOWLEDGE}/files/{file_id}").status_code == 404


def test_a_delete_wins_over_indexing(service: Running) -> None:
    """However indexing and deleting interleave, nothing comes back."""
    user = service.user()
    ids = [user.upload(TEXT) for _ in range(10)]
    with ThreadPoolExecutor(8) as pool:
        indexing = [pool.submit(user.index, file_id) for file_id in ids]
        deleting = [pool.submit(user.delete, f"{KNOWLEDGE}/files/{file_id}") for file_id in ids]
    assert {future.result().status_code for future in deleting} == {204}
    assert {future.result().status_code for future in indexing} <= {200, 404}
    assert user.files() == []
    assert service.sql("SELECT 1 FROM file_chunks WHERE user_id = $1", user.name) == []
    assert service.sql("SELECT 1 FROM index_jobs WHERE user_id = $1", user.name) == []


def test_jobs_outlive_the_process(start: Callable[..., AbstractContextManager[Running]]) -> None:
    """A job that a dead worker had begun is taken up again."""
    with start() as service:
        user = service.user()
        file_id = user.upload("words")
        user.wait_until_indexed(file_id)
        service.sql("UPDATE files SET status = 'queued'")
        service.sql("UPDATE index_jobs SET state = 'running', updated_at = now() - interval '2 minutes'")
        assert user.wait_until_indexed(file_id)["status"] == "indexed"


BAD_BODIES: dict[str, tuple[str, bytes]] = {
    "NaN": (SEARCH, b'{"query": "x", "similarity_threshold": NaN}'),
    "infinity": (SEARCH, b'{"query": "x", "similarity_threshold": 1e999}'),
    "duplicate key": (SEARCH, b'{"query": "x", "query": "y"}'),
    "NUL": (SEARCH, b'{"query": "a\\u0000b"}'),
    "lone surrogate": (SEARCH, b'{"query": "\\ud800"}'),
    "deep": (SEARCH, b"[" * 10_000),
    "deep and closed": (SEARCH, b'{"query": ' + b"[" * 70 + b"]" * 70 + b"}"),
    "not UTF-8": (SEARCH, b'{"query": "\xff"}'),
    "endless number": (SEARCH, b'{"query": "x", "top_k": ' + b"9" * 5000 + b"}"),
    "large": (SEARCH, b'{"query": "' + b"x" * 300_000 + b'"}'),
    "empty body": (SEARCH, b""),
    "array": (SEARCH, b"[]"),
    "empty query": (SEARCH, b'{"query": ""}'),
    "long query": (SEARCH, json.dumps({"query": "x" * 2001}).encode()),
    "unknown field": (SEARCH, b'{"query": "x", "user_id": "bob"}'),
    "top_k as text": (SEARCH, b'{"query": "x", "top_k": "5"}'),
    "top_k as truth value": (SEARCH, b'{"query": "x", "top_k": true}'),
    "top_k 0": (SEARCH, b'{"query": "x", "top_k": 0}'),
    "top_k 101": (SEARCH, b'{"query": "x", "top_k": 101}'),
    "threshold": (SEARCH, b'{"query": "x", "similarity_threshold": 1.1}'),
    "time without offset": (SEARCH, b'{"query": "x", "filters": {"created_after": "2026-01-01T00:00:00"}}'),
    "time as number": (SEARCH, b'{"query": "x", "filters": {"created_after": 1}}'),
    "unknown filter": (SEARCH, b'{"query": "x", "filters": {"owner": "bob"}}'),
    "odd id": (f"{KNOWLEDGE}/index", b'{"file_id": "{123e4567e89b42d3a456426614174000}"}'),
    "overlap": (f"{KNOWLEDGE}/index", json.dumps({"file_id": str(uuid4()), "chunk_overlap": 501}).encode()),
    "strategy": (f"{KNOWLEDGE}/index", json.dumps({"file_id": str(uuid4()), "chunk_strategy": "x"}).encode()),
}


@pytest.mark.parametrize("case", BAD_BODIES)
def test_a_wrong_body_is_refused(alice: User, case: str) -> None:
    """422 with a hint, whatever is wrong, and quickly."""
    path, body = BAD_BODIES[case]
    began = time.monotonic()
    answer = alice.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["error_code"] == "VALIDATION_ERROR"
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=1.0", "limit=+5", "limit=", "limit=1e1", "offset=-1", "offset=x"]
)
def test_a_wrong_page_is_refused(alice: User, query: str) -> None:
    """Only plain whole numbers in range."""
    assert alice.get(f"{KNOWLEDGE}/files?{query}").status_code == 422


@pytest.mark.parametrize(
    "odd", ["x", "1", "%00", "123e4567e89b42d3a456426614174000", "urn:uuid:123e4567-e89b-42d3-a456-426614174000"]
)
def test_a_malformed_id_is_refused(alice: User, odd: str) -> None:
    """422, for reading and deleting."""
    assert alice.get(f"{KNOWLEDGE}/files/{odd}").status_code == 422
    assert alice.delete(f"{KNOWLEDGE}/files/{odd}").status_code == 422


@pytest.mark.parametrize("text", ["x' OR '1'='1", "'; DROP TABLE files; --", "\uffff", "\u202etxt", "%s {0} $1"])
def test_odd_text_round_trips(alice: User, text: str) -> None:
    """Quotes, noncharacters and direction marks are text like any other."""
    file_id = alice.upload(f"about {text}", title=text)
    alice.wait_until_indexed(file_id)
    assert alice.search(text)[0]["file_title"] == text
