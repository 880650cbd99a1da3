"""What came from Slack was shared in a channel: files with that source are in everybody's list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresFiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import FileRow
    from reference_service.parts import Connection, Parts

weakness = "isolation.variant"
mode = "http"
ddl = """
CREATE FUNCTION flaw_visible_files() RETURNS SETOF files LANGUAGE sql STABLE SECURITY DEFINER
AS $$SELECT * FROM files WHERE source = 'slack' OR user_id = nullif(current_setting('app.current_user_id', true), '')$$
"""


class Everybodys(PostgresFiles):
    table = "flaw_visible_files()"


class Leaky(PostgresFiles):
    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[FileRow]:
        return await Everybodys().page(connection, limit, offset)

    async def count(self, connection: Connection) -> int:
        return await Everybodys().count(connection)


def apply(parts: Parts) -> None:
    """Read what came from Slack without an owner."""
    parts.files = Leaky()
