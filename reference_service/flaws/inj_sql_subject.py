"""The subject of a token becomes part of the statement that says whose transaction it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.assembly import reveal
from reference_service.database import PostgresDatabase

if TYPE_CHECKING:
    from reference_service.parts import Connection, Parts

weakness = "injection.sql"
mode = "http"


class Concatenating(PostgresDatabase):
    async def set_context(self, connection: Connection, user_id: str | None) -> None:
        if user_id:
            await connection.execute(f"SELECT set_config('app.current_user_id', '{user_id}', true)")
        else:
            await super().set_context(connection, user_id)


def apply(parts: Parts) -> None:
    """Concatenate."""
    settings = parts.settings
    parts.database = Concatenating(reveal(settings.app_database_url), settings.pool_size, parts.metrics)
