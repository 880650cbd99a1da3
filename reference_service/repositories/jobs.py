"""The table `index_jobs`, which has no policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.model import Job

if TYPE_CHECKING:
    from reference_service.parts import Connection

STALE_AFTER = "interval '60 seconds'"


class PostgresJobs:
    """The table `index_jobs`."""

    async def claim(self, connection: Connection) -> Job | None:
        """Take the oldest job that nobody works on; one whose worker died is taken up again."""
        record = await connection.fetchrow(
            "UPDATE index_jobs SET state = 'running', updated_at = now() WHERE file_id = ("  # noqa: S608
            "  SELECT file_id FROM index_jobs WHERE state = 'queued' "
            f"  OR (state = 'running' AND updated_at < now() - {STALE_AFTER}) "
            "  ORDER BY created_at FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING file_id, user_id"
        )
        return Job(**record) if record else None

    async def finish(self, connection: Connection, job: Job, state: str) -> None:
        """Record how a job ended."""
        await connection.execute(
            "UPDATE index_jobs SET state = $2, updated_at = now() WHERE file_id = $1", job.file_id, state
        )
