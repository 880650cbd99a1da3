"""What flaws share that look at the memories of all users: a function past the policies, and who asks it."""

from __future__ import annotations

from reference_service.repositories import PostgresMemories

ALL_MEMORIES = """
CREATE FUNCTION flaw_all_memories() RETURNS SETOF memory_chunks LANGUAGE sql STABLE SECURITY DEFINER
AS 'SELECT * FROM memory_chunks'
"""


class Everybodys(PostgresMemories):
    """The memories of everybody."""

    table = "flaw_all_memories()"
