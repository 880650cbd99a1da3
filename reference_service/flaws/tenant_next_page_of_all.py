"""Whether a list has a next page is reckoned with the files of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import PREFIX, KnowledgeOperations, next_page

if TYPE_CHECKING:
    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileList

weakness = "isolation.count"
mode = "http"
ddl = """
CREATE FUNCTION flaw_count_files() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT count(*) FROM files'
"""


class Reckoning(KnowledgeOperations):
    async def list(self, principal: Principal, limit: int, offset: int) -> FileList:
        page = await super().list(principal, limit, offset)
        async with self.parts.database.transaction(principal.user_id) as connection:
            total = int(await connection.fetchval("SELECT flaw_count_files()"))
        return page.model_copy(update={"next_page_url": next_page(f"{PREFIX}/files", total, limit, offset)})


def apply(parts: Parts) -> None:
    """Reckon with all."""
    parts.knowledge = Reckoning(parts)
