"""Layer 2: what belongs to one user exists for nobody else."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

import asyncpg
import pytest

from tests.reference_service.running import KNOWLEDGE, MEMORY

if TYPE_CHECKING:
    import httpx

    from tests.reference_service.running import Running, User

TABLES = ("files", "file_chunks", "memory_chunks")


def normalised(response: httpx.Response) -> tuple[int, dict[str, str], list[str]]:
    """Return everything of an answer but what differs between any two."""
    body = {name: value for name, value in response.json().items() if name != "request_id"}
    return response.status_code, body, sorted(response.headers)


def test_a_stranger_finds_nothing(alice: User, bob: User) -> None:
    """List and search show a user's own files only, and their total counts only those."""
    mine = alice.upload("the quick brown fox")
    theirs = bob.upload("the quick brown fox")
    alice.wait_until_indexed(mine)
    bob.wait_until_indexed(theirs)
    assert alice.files() == [mine]
    assert bob.files() == [theirs]
    assert {hit["file_id"] for hit in alice.search("quick fox")} == {mine}
    assert {hit["file_id"] for hit in bob.search("quick fox")} == {theirs}
    assert alice.get(f"{KNOWLEDGE}/files").json()["total"] == 1


@pytest.mark.parametrize("action", ["read", "delete", "index"])
def test_another_users_file_answers_like_an_unknown_one(alice: User, bob: User, action: str) -> None:
    """Status, body and header names of a foreign, an unknown and a deleted file are the same; the owner's is not."""
    own, deleted = alice.upload("mine"), bob.upload("gone")
    assert bob.delete(f"{KNOWLEDGE}/files/{deleted}").status_code == 204

    def attempt(user: User, file_id: str) -> httpx.Response:
        if action == "index":
            return user.index(file_id)
        return user.request("GET" if action == "read" else "DELETE", f"{KNOWLEDGE}/files/{file_id}")

    answers = [normalised(attempt(bob, file_id)) for file_id in (own, str(uuid4()), deleted)]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 404
    assert alice.files() == [own]
    assert attempt(alice, own).is_success


def test_another_users_memory_answers_like_an_unknown_one(alice: User, bob: User) -> None:
    """Nobody reads, finds or deletes another user's memory."""
    memory = alice.post(MEMORY, json={"text": "a secret"}).json()["memory_id"]
    for method in ("GET", "DELETE"):
        foreign = bob.request(method, f"{MEMORY}/{memory}")
        assert normalised(foreign) == normalised(bob.request(method, f"{MEMORY}/{uuid4()}"))
    assert bob.get(MEMORY).json()["total"] == 0
    assert bob.post(f"{MEMORY}/query", json={"query": "a secret"}).json()["results"] == []
    assert alice.get(f"{MEMORY}/{memory}").json()["text"] == "a secret"


def test_users_who_alternate_on_few_connections_stay_apart(service: Running) -> None:
    """Reused connections, also under concurrency, never show another user's files."""
    users = [service.user() for _ in range(3)]
    expected = {user.name: [user.upload(user.name)] for user in users}
    with ThreadPoolExecutor(12) as pool:
        seen = list(pool.map(lambda number: (users[number % 3].name, users[number % 3].files()), range(120)))
    assert all(files == expected[name] for name, files in seen)


def test_the_role_of_the_service_owns_and_bypasses_nothing(service: Running) -> None:
    """No superuser, no BYPASSRLS, also not by membership, and no table."""
    roles = service.sql_as_service(
        "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')"
    )
    assert len(roles) == 2
    assert not any(role["rolsuper"] or role["rolbypassrls"] for role in roles)
    owned = service.sql_as_service("SELECT 1 FROM pg_class WHERE pg_has_role(current_user, relowner, 'MEMBER')")
    assert owned == []


def test_every_table_of_users_forces_its_one_policy(service: Running) -> None:
    """Row-level security is enabled and forced, with one policy for reading and writing."""
    for table in TABLES:
        (flags,) = service.sql("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = $1", table)
        assert all(flags.values())
        (policy,) = service.sql("SELECT qual, with_check, cmd FROM pg_policies WHERE tablename = $1", table)
        assert policy["cmd"] == "ALL"
        assert policy["qual"] == policy["with_check"]


def test_without_a_user_the_service_sees_no_rows(service: Running, alice: User) -> None:
    """A transaction without a context sees nothing, and cannot add anything."""
    alice.upload()
    for table in TABLES:
        assert service.sql_as_service(f"SELECT count(*) FROM {table}") == [{"count": 0}]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        service.sql_as_service(
            "INSERT INTO memory_chunks (id, user_id, source, text, key_id, embedding) "
            "VALUES (gen_random_uuid(), 'x', 'api', 'x', 'k', array_fill(0.1, ARRAY[384])::vector)"
        )


def test_a_transaction_without_a_user_is_counted(service: Running) -> None:
    """The counter tells that some code forgot the user."""
    from reference_service.database import PostgresDatabase  # noqa: PLC0415
    from reference_service.metrics import Metrics  # noqa: PLC0415

    async def forget() -> tuple[int, float]:
        metrics = Metrics()
        database = PostgresDatabase(service.app_url, 1, metrics)
        await database.open()
        async with database.transaction(None) as connection:
            rows = int(await connection.fetchval("SELECT count(*) FROM files"))
        await database.close()
        return rows, metrics.registry.get_sample_value("security_rls_missing_total") or 0.0

    assert asyncio.run(forget()) == (0, 1.0)


def test_a_search_among_many_users_finds_all_of_ones_own(service: Running) -> None:
    """The nearest rows of others do not push a user's own out of the answer."""
    crowd, user = service.user(), service.user()
    for number in range(30):
        crowd.upload(f"apples and pears {number}")
    own = [user.upload(f"apples and pears, quite different {number}") for number in range(10)]
    for file_id in own:
        user.wait_until_indexed(file_id)
    assert {hit["file_id"] for hit in user.search("apples and pears", top_k=10)} == set(own)
