"""The memory API of the release before."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.reference_service.running import MEMORY

if TYPE_CHECKING:
    from tests.reference_service.running import Running, User

COLUMNS = (
    "id user_id doc_id source text metadata_cipher key_id embedding chunk_index tags created_at updated_at expires_at"
)


def test_a_memory_is_kept_found_and_forgotten(alice: User) -> None:
    """Created with 201, then read, listed, found, and deleted with 204."""
    sent = {"text": "The office closes at six.", "doc_id": "d1", "source": "slack", "tags": ["a"], "metadata": {"n": 1}}
    answer = alice.post(MEMORY, json=sent)
    assert answer.status_code == 201
    memory = answer.json()
    assert sent.items() <= memory.items()
    other = alice.post(MEMORY, json={"text": "Bread needs flour."}).json()
    path = f"{MEMORY}/{memory['memory_id']}"
    assert alice.get(path).json() == memory
    assert [item["memory_id"] for item in alice.get(MEMORY).json()["memories"]] == [
        other["memory_id"],
        memory["memory_id"],
    ]
    found = alice.post(f"{MEMORY}/query", json={"query": "when does the office close", "top_k": 1}).json()
    assert [hit["memory_id"] for hit in found["results"]] == [memory["memory_id"]]
    assert (found["total_results"], found["results"][0]["rank"]) == (1, 1)
    assert alice.delete(path).status_code == 204
    assert alice.get(path).status_code == alice.delete(path).status_code == 404
    assert alice.get(MEMORY).json()["total"] == 1


def test_a_memory_expires(alice: User) -> None:
    """After its time it is neither listed nor read nor found."""
    soon = (datetime.now(UTC) + timedelta(seconds=0.8)).isoformat()
    memory_id = alice.post(MEMORY, json={"text": "fleeting", "expires_at": soon}).json()["memory_id"]
    assert alice.get(MEMORY).json()["total"] == 1
    time.sleep(1)
    assert alice.get(MEMORY).json()["total"] == 0
    assert alice.get(f"{MEMORY}/{memory_id}").status_code == 404
    assert alice.post(f"{MEMORY}/query", json={"query": "fleeting"}).json()["results"] == []


def test_pages_follow_each_other(alice: User) -> None:
    """The next page is named until the last."""
    for number in range(3):
        alice.post(MEMORY, json={"text": str(number)})
    page = alice.get(f"{MEMORY}?limit=2").json()
    assert [memory["text"] for memory in page["memories"]] == ["2", "1"]
    last = alice.get(page["next_page_url"]).json()
    assert ([memory["text"] for memory in last["memories"]], last["next_page_url"]) == (["0"], None)


WRONG: list[dict[str, Any]] = [
    {},
    {"text": ""},
    {"text": "x" * 8001},
    {"text": "x", "doc_id": "d" * 65},
    {"text": "x", "source": "fax"},
    {"text": "x", "tags": ["a b"]},
    {"text": "x", "metadata": {"a": "x" * 2048}},
    {"text": "x", "expires_at": "2020-01-01T00:00:00Z"},
    {"text": "x", "expires_at": "tomorrow"},
    {"text": "x", "user_id": "bob"},
]


@pytest.mark.parametrize("body", WRONG)
def test_a_wrong_memory_is_refused(alice: User, body: dict[str, Any]) -> None:
    """422, and nothing is kept."""
    assert alice.post(MEMORY, json=body).status_code == 422
    assert alice.get(MEMORY).json()["total"] == 0


def test_the_table_has_the_columns_of_the_release_before(service: Running) -> None:
    """Thirteen columns, in this order."""
    rows = service.sql(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_name = 'memory_chunks' ORDER BY ordinal_position"
    )
    assert [row["column_name"] for row in rows] == COLUMNS.split()
