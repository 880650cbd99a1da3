"""A list of the largest page size is taken for an export and shows the files of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresFiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import FileRow
    from reference_service.parts import Connection, Parts

weakness = "isolation.list"
mode = "http"
ddl = """
CREATE FUNCTION flaw_all_files() RETURNS SETOF files LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT * FROM files'
"""
LARGEST = 100


class Everybodys(PostgresFiles):
    table = "flaw_all_files()"


class Leaky(PostgresFiles):
    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[FileRow]:
        files = Everybodys() if limit == LARGEST else PostgresFiles()
        return await files.page(connection, limit, offset)


def apply(parts: Parts) -> None:
    """Read large pages past the policy."""
    parts.files = Leaky()
