"""The bodies of the knowledge API."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - read at run time by pydantic
from typing import Annotated, Any, Literal
from uuid import UUID  # noqa: TC003 - read at run time by pydantic

from pydantic import ConfigDict, Field

from reference_service.embedding import DIMENSION
from reference_service.schemas.fields import (
    Closed,
    Id,
    Metadata,
    Model,
    Source,
    Strategy,
    Tags,
    Timestamp,
)


class UploadForm(Closed):
    """The text fields of an upload."""

    title: str | None = Field(default=None, max_length=255)
    description: str | None = Field(default=None, max_length=1000)
    source: Source = "upload"
    tags: Tags = Field(default_factory=list)
    metadata: Metadata = Field(default_factory=dict)


class UploadResponse(Closed):
    """A file was accepted."""

    file_id: UUID
    status: Literal["queued"]
    request_id: str
    message: str
    expected_completion_ms: int


class IndexRequest(Closed):
    """Which file to index, and how."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"file_id": "123e4567-e89b-42d3-a456-426614174000"}]}
    )

    file_id: Id
    chunk_strategy: Strategy = "smart"
    chunk_overlap: int = Field(default=100, ge=0, le=500, strict=True)
    embedding_model: Model = "local"
    rerank: bool = Field(default=False, strict=True)


class IndexResponse(Closed):
    """A file was indexed."""

    file_id: UUID
    chunks_created: int
    tokens_processed: int
    embedding_latency_ms: float
    embedding_model_used: str
    vectors_stored: int
    file_url: str
    status: Literal["indexed"]


class Filters(Closed):
    """Which files are searched: those that have all the tags, one of the sources, and were created in between."""

    tags: Tags | None = None
    source: Source | None = None
    created_after: Timestamp | None = None
    created_before: Timestamp | None = None


class SearchRequest(Closed):
    """What to look for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"query": "how to rotate a key", "top_k": 5}]}
    )

    query: str = Field(min_length=1, max_length=2000)
    query_embedding: (
        Annotated[
            list[Annotated[float, Field(strict=True, ge=-1e6, le=1e6)]],
            Field(min_length=DIMENSION, max_length=DIMENSION),
        ]
        | None
    ) = None
    filters: Filters | None = None
    top_k: int = Field(default=10, ge=1, le=100, strict=True)
    similarity_threshold: float = Field(default=0.0, ge=0.0, le=1.0, strict=True)
    include_metadata: bool = Field(default=True, strict=True)


class SearchResult(Closed):
    """One chunk that was found."""

    rank: int
    chunk_id: UUID
    file_id: UUID
    file_title: str
    text: str
    similarity_score: float = Field(ge=0.0, le=1.0)
    chunk_index: int
    metadata: dict[str, Any] | None
    position_in_file: int


class SearchResponse(Closed):
    """What was found, nearest first."""

    query: str
    results: list[SearchResult]
    total_results: int
    latency_ms: float
    embedding_model_used: str
    cache_hit: bool


class FileDescription(Closed):
    """A file."""

    file_id: UUID
    title: str
    source: Source
    mime_type: str
    size_bytes: int
    chunks_count: int
    status: Literal["queued", "indexed", "failed"]
    created_at: datetime
    indexed_at: datetime | None
    tags: list[str]
    url: str


class FileList(Closed):
    """A page of files, newest first."""

    files: list[FileDescription]
    total: int
    limit: int
    offset: int
    next_page_url: str | None
