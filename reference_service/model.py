"""The nouns of the service: plain frozen values that every layer understands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

ANONYMOUS = "anonymous"
"""The name under which requests before layer 1 are logged; never a user id in the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The authenticated caller: the token's `sub`, used as it is, and its tier."""

    user_id: str
    tier: str = "free"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """How many requests a bucket holds and in how many seconds an empty one is full again."""

    name: str
    limit: int
    window_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One token bucket: the key it is kept under and its size."""

    key: str
    tier: Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What the limiter decided about one request."""

    allowed: bool
    tier: Tier
    remaining: int
    full_at: int
    """Epoch seconds at which the bucket is full again."""
    full_in: int
    """Seconds until the bucket is full again."""
    retry_after: int
    """Whole seconds until one request fits; 0 when one fits now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What a ciphertext belongs to; it opens nowhere else."""

    user_id: str
    object_id: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A ciphertext (nonce, body and tag in one) and the id of the key that made it."""

    key_id: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as the caller sent it, after validation."""

    body: bytes
    file_name: str
    content_type: str
    title: str | None = None
    description: str | None = None
    source: str = "upload"
    tags: Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One row of `files`; what the caller named is still sealed."""

    file_id: UUID
    user_id: str
    key_id: str
    title: bytes
    description: bytes
    tags: bytes
    metadata: bytes
    tag_digests: Sequence[bytes]
    source: str
    mime_type: str
    size_bytes: int
    status: str
    chunks_count: int
    created_at: datetime
    indexed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkRow:
    """One row of `file_chunks`, its text sealed."""

    chunk_id: UUID
    chunk_index: int
    position: int
    key_id: str
    text: bytes
    embedding_model: str
    embedding: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One row that a search found: the chunk, what its file is called, and how near it is."""

    chunk_id: UUID
    file_id: UUID
    user_id: str
    chunk_index: int
    position: int
    text: Sealed
    file_key_id: str
    title: bytes
    metadata: bytes
    rerank: bool
    distance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFilters:
    """Which chunks a search looks at; None means every one."""

    embedding_model: str | None = None
    tag_digests: Sequence[bytes] | None = None
    sources: Sequence[str] | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryRow:
    """One row of `memory_chunks`, without its embedding."""

    memory_id: UUID
    user_id: str
    doc_id: str | None
    source: str
    text: str
    metadata: Sealed | None
    chunk_index: int
    tags: Sequence[str]
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None
    distance: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An indexing job: a file and the user in whose context it has to be indexed."""

    file_id: UUID
    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of a text and the offset in characters at which it begins."""

    text: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOptions:
    """How a file is cut up and embedded."""

    chunk_strategy: str = "smart"
    chunk_overlap: int = 100
    embedding_model: str = "local"
    rerank: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOutcome:
    """What indexing one file did."""

    chunks_created: int
    tokens_processed: int
    embedding_latency_ms: float
    embedding_model_used: str


@dataclass(slots=True, kw_only=True)
class RequestContext:
    """What is found out about one request on its way through the layers."""

    request_id: str
    started: float
    route: str = "unmatched"
    operation: str = "unmatched"
    principal: Principal | None = None
    allowance: Allowance | None = None
    status: int = 0
