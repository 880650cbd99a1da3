"""The bodies of requests and responses: closed schemas, which are also the OpenAPI document."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from reference_service.embedding import DIMENSION

MAX_METADATA_BYTES = 2048
MAX_TAGS = 10

Source = Literal["upload", "api", "email", "slack"]
Strategy = Literal["smart", "fixed_size", "semantic"]
Model = Literal["local", "remote"]
Tag = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[A-Za-z0-9_-]+$")]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS)]

UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
NUMBER_TEXT = re.compile(r"-?[0-9]{1,10}\Z")


def _canonical(value: object) -> object:
    """Accept only the canonical text of a UUID, as the document says; parsers know more spellings."""
    if isinstance(value, UUID) or (isinstance(value, str) and UUID_TEXT.match(value)):
        return value
    raise ValueError("expected a UUID such as 123e4567-e89b-42d3-a456-426614174000")


def _decimal(value: object) -> object:
    """Accept only plain decimal digits in a query string; parsers know more spellings."""
    if isinstance(value, int) or (isinstance(value, str) and NUMBER_TEXT.match(value)):
        return value
    raise ValueError("expected a whole number in decimal digits")


def _timestamp(value: object) -> object:
    """Accept only text, as the document says; the parser also knows epoch numbers."""
    if isinstance(value, str | datetime):
        return value
    raise ValueError("expected a date and time with an offset, such as 2026-01-31T12:00:00Z")


def _small(value: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()) > MAX_METADATA_BYTES:
        raise ValueError(f"expected at most {MAX_METADATA_BYTES} bytes of JSON")
    return value


def _future(value: datetime) -> datetime:
    if value <= datetime.now(UTC):
        raise ValueError("expected a time in the future")
    return value


Id = Annotated[UUID, BeforeValidator(_canonical)]
Timestamp = Annotated[AwareDatetime, BeforeValidator(_timestamp)]
Metadata = Annotated[dict[str, Any], AfterValidator(_small)]
Limit = Annotated[int, BeforeValidator(_decimal), Field(ge=1, le=100)]
Offset = Annotated[int, BeforeValidator(_decimal), Field(ge=0, le=1_000_000_000)]


class Closed(BaseModel):
    """A schema that allows nothing but what it names."""

    model_config = ConfigDict(extra="forbid")


class ErrorBody(Closed):
    """Every answer that is not a success."""

    error_code: str = Field(examples=["VALIDATION_ERROR"])
    detail: str = Field(examples=["limit: Input should be less than or equal to 100"])
    request_id: str = Field(examples=["0b5f4c8e9d3a4d6f8f2f3f0e1d2c3b4a"])
    suggestion: str = Field(examples=["Compare the request with the schema of this operation in /openapi.json."])


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


class MemoryCreate(Closed):
    """A text to remember."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"text": "The office closes at six."}]})

    text: str = Field(min_length=1, max_length=8000)
    doc_id: str | None = Field(default=None, min_length=1, max_length=64)
    source: Source = "api"
    tags: Tags = Field(default_factory=list)
    metadata: Metadata | None = None
    expires_at: Annotated[Timestamp, AfterValidator(_future)] | None = None


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


class AnonymousUser(Closed):
    """A new user and its token."""

    user_id: str
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


class ReadinessChecks(Closed):
    """What was checked."""

    telemetry: bool
    templates: bool
    filesystem: bool
    database: bool
    redis: bool


class ReadinessBody(Closed):
    """Whether the service can do its work."""

    ready: bool
    checks: ReadinessChecks


class Health(Closed):
    """The process is alive."""

    status: Literal["ok"]


class Version(Closed):
    """What is running."""

    version: str
    commit: str
    started_at: datetime
    flaws: list[str]
