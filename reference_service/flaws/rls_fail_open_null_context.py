"""The policy lets a transaction without a user see everything, and one path forgets the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.errors import FileMissing
from reference_service.knowledge import KnowledgeOperations

if TYPE_CHECKING:
    from uuid import UUID

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileDescription

weakness = "rls.null-context"
mode = "grey"
ddl = """
DROP POLICY files_owner ON files;
CREATE POLICY files_owner ON files
USING (
    user_id = nullif(current_setting('app.current_user_id', true), '')
    OR nullif(current_setting('app.current_user_id', true), '') IS NULL
)
WITH CHECK (user_id = nullif(current_setting('app.current_user_id', true), ''))
"""


class Flawed(KnowledgeOperations):
    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:  # noqa: ARG002
        async with self.parts.database.background() as connection:
            row = await self.parts.files.get(connection, file_id)
        description = self.describe(row) if row else None
        if description is None:
            raise FileMissing
        return description


def apply(parts: Parts) -> None:
    """Replace the operations on files."""
    parts.knowledge = Flawed(parts)
