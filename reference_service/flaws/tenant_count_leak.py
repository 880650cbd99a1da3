"""The total of the list counts the files of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresFiles

if TYPE_CHECKING:
    from reference_service.parts import Connection, Parts

weakness = "isolation.count"
mode = "http"
ddl = """
CREATE FUNCTION flaw_count_files() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT count(*) FROM files'
"""


class Flawed(PostgresFiles):
    async def count(self, connection: Connection) -> int:
        return int(await connection.fetchval("SELECT flaw_count_files()"))


def apply(parts: Parts) -> None:
    """Count past the policy."""
    parts.files = Flawed()
