"""The text of a query becomes part of the SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.repositories import PostgresChunks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.parts import Parts

weakness = "injection.sql"
mode = "many"


class Concatenating(PostgresChunks):
    def conditions(self, query: str) -> Sequence[str]:
        return [f"NOT (c.chunk_id::text = '{query}')"]


def apply(parts: Parts) -> None:
    """Concatenate."""
    parts.chunks = Concatenating()
