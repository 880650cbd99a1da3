"""The rows of an object in the database of the service, found by its identifier, and what is encrypted in them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.checks._catalogue import NAMED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab, Owned

TABLES = """
SELECT c.oid::regclass::text AS name, quote_ident(k.attname) AS key,
       array(SELECT quote_ident(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
             AND NOT a.attisdropped AND a.atttypid = 'bytea'::regtype ORDER BY a.attnum) AS sealed,
       array(SELECT quote_ident(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
             AND NOT a.attisdropped AND a.atttypid IN ('text'::regtype, 'uuid'::regtype)
             AND a.attnum <> k.attnum ORDER BY a.attnum) AS texts
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1
JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0]
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
SHORTEST = 28
"""A nonce and a tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: where it is, and what its binary columns hold."""

    table: str
    key: str
    id: str
    sealed: dict[str, bytes]
    texts: dict[str, str]


@contextlib.asynccontextmanager
async def database(lab: Lab) -> AsyncIterator[Any]:
    """Connect as who may change everything: grey-box checks put ciphertexts where they do not belong."""
    import asyncpg  # noqa: PLC0415 -- an extra, offered as the feature `database`

    assert lab.session.service is not None  # noqa: S101 -- Needs(features=("database",))
    connection = await asyncpg.connect(lab.session.service.databases["database_url"], timeout=10)
    try:
        yield connection
    finally:
        await connection.close()


async def row_of(connection: Any, owned: Owned) -> Row | None:
    """Return the row of an object with its ciphertexts, None where there is none with any."""
    for table in await connection.fetch(TABLES):
        row = await _row(connection, table, f"r.{table['key']}::text = $1", owned)
        if row is not None and row.sealed:
            return row
    return None


async def parts_of(connection: Any, owned: Owned) -> list[Row]:
    """Return the rows that name an object and hold ciphertexts, one of each table."""
    tables = [table for table in await connection.fetch(TABLES) if table["sealed"]]
    rows = [await _row(connection, table, f"r.{table['key']}::text <> $1 AND {NAMED}", owned) for table in tables]
    return [row for row in rows if row is not None and row.sealed]


async def _row(connection: Any, table: Any, condition: str, owned: Owned) -> Row | None:
    """Return the first row of a table that has to do with an object."""
    statement = f"SELECT * FROM {table['name']} r WHERE {condition} LIMIT 1"  # noqa: S608 -- names out of the catalogue
    found = await connection.fetchrow(statement, str(owned.id))
    if found is None:
        return None
    plain = owned.marker.witness.encode()
    columns = {name: bytes(found[name.strip('"')] or b"") for name in table["sealed"]}
    return Row(
        table=table["name"],
        key=table["key"],
        id=str(found[table["key"].strip('"')]),
        sealed={name: value for name, value in columns.items() if len(value) >= SHORTEST and plain not in value},
        texts={name: str(found[name.strip('"')]) for name in table["texts"]},
    )


async def write(connection: Any, row: Row, column: str, value: Any) -> None:
    """Put a value into a column of the row, whatever the service thinks of it."""
    statement = f"UPDATE {row.table} SET {column} = $2 WHERE {row.key}::text = $1"  # noqa: S608 -- names out of the catalogue
    await connection.execute(statement, row.id, value)


def flipped(value: bytes, at: int) -> bytes:
    """Return the value with one bit turned."""
    position = min(at, len(value) - 1)
    return value[:position] + bytes([value[position] ^ 1]) + value[position + 1 :]
