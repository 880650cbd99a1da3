"""A pooled connection keeps the user who used it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.assembly import reveal
from reference_service.database import PostgresDatabase

if TYPE_CHECKING:
    from reference_service.parts import Connection, Parts

weakness = "isolation.pooled-connection"
mode = "many"


class Sticky(PostgresDatabase):
    async def set_context(self, connection: Connection, user_id: str | None) -> None:
        current = "SELECT nullif(current_setting('app.current_user_id', true), '')"
        if user_id and await connection.fetchval(current) is None:
            await connection.execute("SELECT set_config('app.current_user_id', $1, false)", user_id)


def apply(parts: Parts) -> None:
    """Set the context for the session, once."""
    settings = parts.settings
    parts.database = Sticky(reveal(settings.app_database_url), settings.pool_size, parts.metrics)
