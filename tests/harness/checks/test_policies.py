"""Policies in the manner of Supabase: another role for each transaction, claims in JSON, identifiers of any type."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
import pytest

from harness.checks.isolation.beside_policies import beside_policies
from harness.checks.isolation.written_for_others import written_for_others
from harness.lab.markers import Marker
from harness.model import Outcome
from reference_service import provision
from reference_service.stack import embedded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model import Check

SCHEMA = """
CREATE ROLE signed_in NOLOGIN;
CREATE ROLE gateway LOGIN NOINHERIT PASSWORD 'a-test';
GRANT signed_in TO gateway;
CREATE SCHEMA auth;
GRANT USAGE ON SCHEMA auth, public TO signed_in;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
$$;
CREATE TABLE notes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner uuid NOT NULL DEFAULT auth.uid(),
    body text NOT NULL,
    length integer GENERATED ALWAYS AS (length(body)) STORED,
    changed timestamptz
);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes TO signed_in USING (owner = (SELECT auth.uid())) WITH CHECK (owner = (SELECT auth.uid()));
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO signed_in;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.changed = now(); RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch();
CREATE VIEW bound WITH (security_invoker = true) AS SELECT * FROM notes;
CREATE VIEW filtered AS SELECT * FROM notes WHERE owner = auth.uid();
CREATE VIEW counted AS SELECT owner, count(*) FROM notes GROUP BY owner;
CREATE TABLE jobs (note bigint, owner uuid);
CREATE FUNCTION queue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    'BEGIN INSERT INTO jobs VALUES (NEW.id, NEW.owner); RETURN NEW; END';
CREATE TRIGGER queue AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION queue();
CREATE FUNCTION mine() RETURNS SETOF notes LANGUAGE sql STABLE SECURITY DEFINER AS
    'SELECT * FROM notes WHERE owner = auth.uid()';
GRANT SELECT ON bound, filtered, counted, jobs TO signed_in
"""
KEEPING = """
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.owner = auth.uid(); RETURN NEW; END';
CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON notes FOR EACH ROW WHEN (auth.uid() IS NOT NULL) EXECUTE FUNCTION keep();
ALTER POLICY own ON notes WITH CHECK (true)
"""
LINKED = """
CREATE TABLE links (note bigint PRIMARY KEY, owner uuid);
CREATE FUNCTION link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    'BEGIN INSERT INTO links VALUES (NEW.id, NEW.owner); RETURN NEW; END';
CREATE TRIGGER link AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION link();
ALTER TABLE links ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON links TO signed_in USING (owner = (SELECT auth.uid())) WITH CHECK (owner = (SELECT auth.uid()));
GRANT SELECT, UPDATE ON links TO signed_in
"""


@pytest.fixture(scope="module")
def admin_url() -> Iterator[str]:
    """A server of its own: roles are of a whole server."""
    with embedded() as servers:
        yield servers.admin_url


@pytest.fixture
def databases(admin_url: str) -> Iterator[dict[str, str]]:
    """The schema in a new database, and both ways to connect."""
    name = f"policies_{secrets.token_hex(4)}"
    url = asyncio.run(provision.create_database(admin_url, name))
    asyncio.run(execute(url, SCHEMA))
    yield {
        "database_url": url,
        "app_database_url": provision.with_database(url, name, user="gateway", password="a-test"),
    }
    asyncio.run(execute(url, "DROP OWNED BY signed_in; DROP ROLE gateway; DROP ROLE signed_in"))


async def execute(url: str, statements: str) -> None:
    """Run statements as who may do everything."""
    connection = await asyncpg.connect(url)
    await connection.execute(statements)
    await connection.close()


async def outcomes(check: Check, databases: dict[str, str], change: str) -> Counter[Outcome]:
    """Return how often a check says what, of the schema with a change."""
    await execute(databases["database_url"], change)
    connection = await asyncpg.connect(databases["database_url"])

    async def create(owner: str) -> Any:
        marker = Marker.new()
        statement = "INSERT INTO notes (owner, body) VALUES ($1, $2) RETURNING id"
        identifier = await connection.fetchval(statement, owner, marker.text)
        return SimpleNamespace(id=identifier, owner=owner, marker=marker)

    async def two_users() -> tuple[str, str]:
        return str(uuid4()), str(uuid4())

    lab: Any = SimpleNamespace(
        session=SimpleNamespace(service=SimpleNamespace(databases=databases)),
        private_with=lambda *_: [SimpleNamespace(name="note", create=create, looks=())],
        two_users=two_users,
    )
    assert check.run is not None
    try:
        return Counter([observation.outcome async for observation in check.run(lab)])
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("check", "times"), [(written_for_others, 3), (beside_policies, 2)], ids=["written for others", "beside policies"]
)
async def test_sound_policies_pass(check: Check, times: int, databases: dict[str, str]) -> None:
    """Views and functions that filter, counts, and a queue of identifiers show nothing that policies hide."""
    assert await outcomes(check, databases, "SELECT 1") == {Outcome.PASSED: times}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER POLICY own ON notes WITH CHECK (true)", {Outcome.FAILED: 2, Outcome.PASSED: 1}),
        (KEEPING, {Outcome.PASSED: 3}),
        ("CREATE POLICY sent ON notes FOR INSERT WITH CHECK (true)", {Outcome.FAILED: 1, Outcome.PASSED: 2}),
        ("CREATE POLICY kept ON notes FOR UPDATE USING (true)", {Outcome.FAILED: 1, Outcome.PASSED: 2}),
        ("CREATE POLICY gone ON notes FOR DELETE USING (true)", {Outcome.FAILED: 1, Outcome.PASSED: 2}),
        (LINKED, {Outcome.PASSED: 4, Outcome.SKIPPED: 2}),
        (
            f"{LINKED}; ALTER POLICY own ON links WITH CHECK (true)",
            {Outcome.FAILED: 1, Outcome.PASSED: 3, Outcome.SKIPPED: 2},
        ),
        ("REVOKE INSERT, UPDATE, DELETE ON notes FROM signed_in", {Outcome.SKIPPED: 3}),
        ("ALTER POLICY own ON notes USING (true)", {Outcome.INCONCLUSIVE: 1}),
    ],
    ids=[
        "for anybody",
        "a trigger keeps the owner",
        "added",
        "changed",
        "deleted",
        "a table that names the objects",
        "given away there",
        "read only",
        "no context",
    ],
)
async def test_rows_for_others(databases: dict[str, str], change: str, said: dict[Outcome, int]) -> None:
    """What is judged is whose the rows are afterwards, not what the policy says; without a control, nothing is."""
    assert await outcomes(written_for_others, databases, change) == said


@pytest.mark.parametrize(
    "change",
    [
        "CREATE VIEW every AS SELECT * FROM notes; GRANT SELECT ON every TO signed_in",
        "CREATE VIEW others AS SELECT * FROM notes WHERE owner <> auth.uid(); GRANT SELECT ON others TO signed_in",
        "CREATE FUNCTION every(most int DEFAULT 9) RETURNS SETOF notes LANGUAGE sql SECURITY DEFINER AS 'TABLE notes'",
        "GRANT TRUNCATE ON notes TO signed_in",
    ],
    ids=["view", "view of the others", "function", "truncate"],
)
async def test_doors_beside_policies(databases: dict[str, str], change: str) -> None:
    """Whatever shows the rows of another user, or may remove them all, is found."""
    assert (await outcomes(beside_policies, databases, change))[Outcome.FAILED] == 1
