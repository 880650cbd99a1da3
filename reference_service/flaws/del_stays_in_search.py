"""A deleted file is no longer listed, but still found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresFiles

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.parts import Connection, Parts

weakness = "integrity.delete-search"
mode = "http"


class Hiding(PostgresFiles):
    table = "(SELECT * FROM files WHERE status <> 'deleted') AS files"

    async def delete(self, connection: Connection, file_id: UUID) -> bool:
        return await connection.execute("UPDATE files SET status = 'deleted' WHERE file_id = $1", file_id) == "UPDATE 1"


def apply(parts: Parts) -> None:
    """Hide instead of deleting."""
    parts.files = Hiding()
