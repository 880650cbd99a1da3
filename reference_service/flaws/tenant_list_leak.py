"""The list of files shows those of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresFiles

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import FileRow
    from reference_service.parts import Connection, Parts

weakness = "isolation.list"
mode = "http"
ddl = """
CREATE FUNCTION flaw_all_files() RETURNS SETOF files LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT * FROM files'
"""


class Leaky(PostgresFiles):
    table = "flaw_all_files()"

    async def get(self, connection: Connection, file_id: UUID) -> FileRow | None:
        return await PostgresFiles().get(connection, file_id)


def apply(parts: Parts) -> None:
    """Read the list past the policy."""
    parts.files = Leaky()
