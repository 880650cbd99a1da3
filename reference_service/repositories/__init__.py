"""The tables, seen through their policies: no query names an owner, because the policy adds it to each one."""

from __future__ import annotations

from reference_service.repositories.chunks import PostgresChunks
from reference_service.repositories.files import PostgresFiles
from reference_service.repositories.jobs import PostgresJobs
from reference_service.repositories.memories import PostgresMemories

__all__ = ["PostgresChunks", "PostgresFiles", "PostgresJobs", "PostgresMemories"]
