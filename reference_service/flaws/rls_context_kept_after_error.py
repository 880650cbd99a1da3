"""After an error a connection keeps the user whose request failed, and the next one does not set its own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from reference_service.assembly import reveal
from reference_service.database import PostgresDatabase

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from reference_service.parts import Connection, Parts

weakness = "isolation.pooled-connection"
mode = "many"
FIND = "SELECT nullif(current_setting('app.current_user_id', true), '')"


class Sticky(PostgresDatabase):
    @asynccontextmanager
    async def transaction(self, user_id: str | None) -> AsyncIterator[Connection]:
        failed: BaseException | None = None
        async with self.background() as connection:
            if not await connection.fetchval(FIND):
                await connection.execute("SELECT set_config('app.current_user_id', $1, false)", user_id)
            try:
                yield connection
            except Exception as error:  # noqa: BLE001 - whatever it was, the context stays
                failed = error
            else:
                await connection.execute("SELECT set_config('app.current_user_id', '', false)")
        if failed is not None:
            raise failed


def apply(parts: Parts) -> None:
    """Clean up only after a success."""
    settings = parts.settings
    parts.database = Sticky(reveal(settings.app_database_url), settings.pool_size, parts.metrics)
