"""The readiness check takes a role that sees everything, and hands the connection back with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reference_service.readiness import Checks

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "isolation.pooled-connection"
mode = "many"
ddl = """
DO $$
DECLARE auditor text := current_database() || '_auditor';
BEGIN
    EXECUTE format('CREATE ROLE %I NOLOGIN BYPASSRLS', auditor);
    EXECUTE format('GRANT knowledge_service TO %I', auditor);
    EXECUTE format('GRANT %I TO {role} WITH INHERIT FALSE', auditor);
END $$
"""


class Leaking(Checks):
    async def database(self) -> bool:
        async with self.parts.database.background() as connection:
            role = await connection.fetchval("SELECT current_database() || '_auditor'")
            await connection.execute(f'SET ROLE "{role}"')
        return await super().database()


def apply(parts: Parts) -> None:
    """Set a role and never reset it."""
    sound = cast("Checks", parts.readiness)
    parts.readiness = Leaking(parts, sound.redis)
