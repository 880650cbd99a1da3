"""Copies of the database for services that fork: making one takes longer than many a trial, so they are handed on.

A copy whose service has ended in good order is emptied and left for the next one. One that a flaw has changed the
schema of stays its own, and so does that of a service that was killed.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import asyncpg

from reference_service import provision

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

EMPTYING = """
SELECT string_agg(format('DELETE FROM %I.%I', schemaname, tablename), '; ') FROM pg_tables
WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""
"""Of few rows; TRUNCATE makes all files of the tables anew, which takes ten times as long."""


@contextlib.contextmanager
def copied(template_url: str, number: int, folder: Path, statements: Sequence[str]) -> Generator[str, None, None]:
    """Have an empty copy of a database, with the statements of flaws run in it, and yield its address.

    Args:
        template_url: what is copied, as a role that may do so; nobody is connected to it.
        number: what no other copy is called.
        folder: where the copies that are free are noted, for all processes that share them.
        statements: SQL of seeded flaws.
    """
    template = template_url.rpartition("/")[2].partition("?")[0]
    name = (None if statements else _taken(folder)) or _made(template_url, template, f"{template}_{number}")
    url = provision.with_database(template_url, name)
    yield url
    if not statements:
        asyncio.run(_empty(url))
        (folder / name).touch()


def _taken(folder: Path) -> str | None:
    """Take one of the copies that are free, which nobody else then gets."""
    for noted in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            noted.unlink()
            return noted.name
    return None


def _made(template_url: str, template: str, name: str) -> str:
    admin = provision.with_database(template_url, "postgres")
    asyncio.run(provision.create_database(admin, name, template=template))
    return name


async def _empty(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET session_replication_role = replica")  # in any order: nothing is left
        await connection.execute(await connection.fetchval(EMPTYING))
    finally:
        await connection.close()
