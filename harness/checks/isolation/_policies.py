"""A transaction of a user, as the service begins one: found out from its policies and from the rows of two users.

Policies tell users apart by a setting of the transaction (`app.current_user_id`, `request.jwt.claims`, ...), which
holds the user's identifier or, in JSON, the claims of a token. Which setting, and which value, is whatever shows a user
the row of its own object and hides it from the other one. Everything happens in transactions that are rolled back.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.checks._catalogue import NAMED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import Lab, Owned

TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) AS name, k.attname AS key
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1
JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0]
WHERE c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) ORDER BY 1
"""
SETTINGS = r"""
SELECT DISTINCT found[1] AS name FROM (
    SELECT pg_get_expr(polqual, polrelid) AS text FROM pg_policy
    UNION ALL SELECT pg_get_expr(polwithcheck, polrelid) FROM pg_policy
    UNION ALL SELECT p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
) AS said, regexp_matches(said.text, 'current_setting\s*\(\s*''([^'']+)''', 'g') AS found ORDER BY 1
"""
ROLES = """
SELECT quote_ident(rolname) AS name FROM pg_roles
WHERE pg_has_role(current_user, oid, 'MEMBER') AND NOT rolsuper AND NOT rolbypassrls AND oid >= 16384
ORDER BY rolname <> current_user, 1
"""
LONGEST = 128
"""Characters of a value that may be the identifier of a user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row under a policy: its table, and its columns as JSON has them."""

    table: str
    key: str
    columns: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """How a transaction becomes a user's: as which role, by which setting, with the value of which column."""

    role: str
    setting: str
    claims: bool
    column: str

    def value(self, row: Row) -> str:
        """Return what the setting is for the owner of the row."""
        user = str(row.columns[self.column])
        return json.dumps({"sub": user, "role": self.role.strip('"')}) if self.claims else user


@contextlib.asynccontextmanager
async def connections(lab: Lab) -> AsyncIterator[tuple[Any, Any]]:
    """Connect as the role of the service, and as who sees every row."""
    import asyncpg  # noqa: PLC0415 -- an extra, offered as the feature `database`

    assert lab.session.service is not None  # noqa: S101 -- Needs(features=("database",))
    databases = lab.session.service.databases
    async with contextlib.AsyncExitStack() as stack:
        role = await asyncpg.connect(databases["app_database_url"], timeout=10)
        stack.push_async_callback(role.close)
        owner = await asyncpg.connect(databases["database_url"], timeout=10)
        stack.push_async_callback(owner.close)
        yield role, owner


def quoted(name: str) -> str:
    """Return the name of a column as an identifier of SQL, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


async def row_of(owner: Any, owned: Owned) -> Row | None:
    """Return the row of an object in a table with policies, None where there is none."""
    for table in await owner.fetch(TABLES):
        row = await _row(owner, table, f"r.{quoted(table['key'])}::text = $1", owned)
        if row is not None:
            return row
    return None


async def rows_of(owner: Any, owned: Owned) -> dict[str, Row]:
    """Return the row of an object and, of each other table with policies, a row that names it; by the table."""
    own = await row_of(owner, owned)
    if own is None:
        return {}
    found = [
        await _row(owner, table, NAMED, owned) for table in await owner.fetch(TABLES) if table["name"] != own.table
    ]
    return {row.table: row for row in (own, *found) if row is not None}


async def _row(owner: Any, table: Any, condition: str, owned: Owned) -> Row | None:
    """Return the first row of a table that has to do with an object."""
    statement = f"SELECT to_jsonb(r) FROM {table['name']} r WHERE {condition} LIMIT 1"  # noqa: S608 -- names of the catalogue, quoted
    found = await owner.fetchval(statement, str(owned.id))
    return Row(table=table["name"], key=table["key"], columns=json.loads(found)) if found is not None else None


@contextlib.asynccontextmanager
async def acting(role: Any, name: str | None, setting: str | None = None, value: str = "") -> AsyncIterator[None]:
    """Begin a transaction under a role of the service, in the context of a user if one is given; roll it back."""
    transaction = role.transaction()
    await transaction.start()
    try:
        await role.execute("SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '2s'")
        if name is not None:
            await role.execute(f"SET LOCAL ROLE {name}")
        if setting is not None:
            await role.execute("SELECT set_config($1, $2, true)", setting, value)
        yield
    finally:
        await transaction.rollback()


def as_owner(role: Any, context: Context, row: Row) -> contextlib.AbstractAsyncContextManager[None]:
    """Begin a transaction in the context of the owner of the row; it is rolled back."""
    return acting(role, context.role, context.setting, context.value(row))


async def context_of(role: Any, hers: Row, his: Row) -> Context | None:
    """Return the context in which a user sees the own one of two rows and not the other, None where none is found."""
    settings = [each["name"] for each in await role.fetch(SETTINGS)]
    for each in await role.fetch(ROLES):
        for column in _columns(hers, his):
            for setting in settings:
                for claims in (False, True):
                    context = Context(role=each["name"], setting=setting, claims=claims, column=column)
                    if await _tells_apart(role, context, hers, his):
                        return context
    return None


def _columns(hers: Row, his: Row) -> Iterator[str]:
    """Walk the columns that may say whose the rows are."""
    for column, value in hers.columns.items():
        other = his.columns.get(column)
        if type(value) in {str, int} and other not in {None, value} and len(str(value)) <= LONGEST:
            yield column


async def _tells_apart(role: Any, context: Context, hers: Row, his: Row) -> bool:
    seen = [await _sees(role, context, user, row) for user, row in ((hers, hers), (his, his), (hers, his), (his, hers))]
    return seen == [True, True, False, False]


async def _sees(role: Any, context: Context, user: Row, row: Row) -> bool:
    import asyncpg  # noqa: PLC0415 -- an extra, offered as the feature `database`

    statement = f"SELECT count(*) FROM {row.table} r WHERE r.{quoted(row.key)}::text = $1"  # noqa: S608 -- as above
    with contextlib.suppress(asyncpg.PostgresError):
        async with as_owner(role, context, user):
            return bool(await role.fetchval(statement, str(row.columns[row.key])))
    return False
