"""The second page of a list begins one too late, so that one file is on no page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresFiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import FileRow
    from reference_service.parts import Connection, Parts

weakness = "integrity.pages"
mode = "http"


class Flawed(PostgresFiles):
    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[FileRow]:
        return await super().page(connection, limit, offset + 1 if offset else 0)


def apply(parts: Parts) -> None:
    """Count one too many."""
    parts.files = Flawed()
