"""A migration renamed a column of the memory table, and the answer to a query lost a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import rewriting
from reference_service.repositories import PostgresMemories

if TYPE_CHECKING:
    from reference_service.flaws._shared import Answer
    from reference_service.parts import Parts

weakness = "drift.baseline"
mode = "grey"
FIELD = "doc_id"
SUCCESS = 200
ddl = """
ALTER TABLE memory_chunks RENAME COLUMN chunk_index TO chunk_no
"""


class Renamed(PostgresMemories):
    columns = PostgresMemories.columns.replace("chunk_index", "chunk_no AS chunk_index")
    written = PostgresMemories.written.replace("chunk_index", "chunk_no")


def change(answer: Answer) -> None:
    """Drop the field from the answer, and from the document."""
    if answer.path.endswith("/memory/query") and answer.status == SUCCESS:
        found = answer.json
        without = [{name: value for name, value in row.items() if name != FIELD} for row in found["results"]]
        answer.json = found | {"results": without}
    if answer.path == "/openapi.json":
        document = answer.json
        schema = document["components"]["schemas"]["MemoryResult"]
        schema["properties"].pop(FIELD)
        schema["required"].remove(FIELD)
        answer.json = document


def apply(parts: Parts) -> None:
    """Follow the migration."""
    parts.memories = Renamed()
    parts.middleware = (*parts.middleware, rewriting(change))
