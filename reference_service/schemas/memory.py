"""The bodies of the memory API."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - read at run time by pydantic
from typing import Annotated, Any
from uuid import UUID  # noqa: TC003 - read at run time by pydantic

from pydantic import AfterValidator, ConfigDict, Field

from reference_service.schemas.fields import (
    Closed,
    Metadata,
    Source,
    Tags,
    Timestamp,
    future,
)


class MemoryCreate(Closed):
    """A text to remember."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"text": "The office closes at six."}]})

    text: str = Field(min_length=1, max_length=8000)
    doc_id: str | None = Field(default=None, min_length=1, max_length=64)
    source: Source = "api"
    tags: Tags = Field(default_factory=list)
    metadata: Metadata | None = None
    expires_at: Annotated[Timestamp, AfterValidator(future)] | None = None


class Memory(Closed):
    """A remembered text."""

    memory_id: UUID
    doc_id: str | None
    source: Source
    text: str
    tags: list[str]
    metadata: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None


class MemoryQuery(Closed):
    """What to look for among the memories."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"query": "closing time", "top_k": 3}]})

    query: str = Field(min_length=1, max_length=2000)
    top_k: int = Field(default=10, ge=1, le=100, strict=True)


class MemoryResult(Memory):
    """A memory that was found."""

    rank: int
    similarity_score: float = Field(ge=0.0, le=1.0)


class MemoryResults(Closed):
    """Which memories were found, nearest first."""

    query: str
    results: list[MemoryResult]
    total_results: int


class MemoryList(Closed):
    """A page of memories, newest first."""

    memories: list[Memory]
    total: int
    limit: int
    offset: int
    next_page_url: str | None
