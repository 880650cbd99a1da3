"""Layer 2: transactions in the context of one user, in which row-level security is the filter."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog

from reference_service.errors import DependencyDown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from reference_service.metrics import Metrics
    from reference_service.parts import Connection

log = structlog.get_logger()

SET_USER = "SELECT set_config('app.current_user_id', $1, true)"
SECONDS_TO_CONNECT = 2.0
SECONDS_TO_ACQUIRE = 5.0
SECONDS_PER_STATEMENT = 15.0
# A plain index scan that a policy filters afterwards loses rows, so the scan goes on until enough are found.
SERVER_SETTINGS = {
    "application_name": "knowledge",
    "hnsw.iterative_scan": "strict_order",
    "hnsw.max_scan_tuples": "1000000",
    "plan_cache_mode": "force_custom_plan",
    "jit": "off",
}
UNAVAILABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.InterfaceError,
)


async def keep(connection: Connection) -> None:
    """Leave a returned connection as it is."""


class PostgresDatabase:
    """A pool of connections under a role that owns nothing and bypasses nothing."""

    def __init__(self, url: str, pool_size: int, metrics: Metrics) -> None:
        self.url = url
        self.pool_size = pool_size
        self.metrics = metrics
        self._pool: asyncpg.Pool[Any] | None = None

    async def open(self) -> None:
        """Connect."""
        self._pool = await asyncpg.create_pool(
            self.url,
            min_size=min(2, self.pool_size),
            max_size=self.pool_size,
            timeout=SECONDS_TO_CONNECT,
            command_timeout=SECONDS_PER_STATEMENT,
            server_settings=SERVER_SETTINGS,
            **self.pool_options(),
        )

    def pool_options(self) -> dict[str, Any]:
        """Return further options of the pool.

        All state is local to a transaction, so that returned connections need no statements that reset them: one round
        trip less for each request. (An open transaction is rolled back in any case.)
        """
        return {"reset": keep}

    async def close(self) -> None:
        """Close every connection."""
        if self._pool is not None:
            await self._pool.close()

    @asynccontextmanager
    async def transaction(self, user_id: str | None) -> AsyncIterator[Connection]:
        """Begin a transaction whose rows are those of the user; without a user it sees none, which is counted."""
        async with self.background() as connection:
            await self.set_context(connection, user_id)
            yield connection

    async def set_context(self, connection: Connection, user_id: str | None) -> None:
        """Bind a transaction, and only this transaction, to a user."""
        if user_id:
            await connection.execute(SET_USER, user_id)
        else:
            self.metrics.contexts_missing.inc()

    @asynccontextmanager
    async def background(self) -> AsyncIterator[Connection]:
        """Begin a transaction without a context, for the job table only."""
        if self._pool is None:
            raise DependencyDown
        try:
            async with self._pool.acquire(timeout=SECONDS_TO_ACQUIRE) as connection, connection.transaction():
                yield connection
        except UNAVAILABLE as error:
            log.warning("database unavailable", error=type(error).__name__)
            raise DependencyDown from None
