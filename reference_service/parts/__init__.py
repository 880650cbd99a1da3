"""The replaceable parts of the service, as Protocols: what `assemble` composes, and what a seeded flaw replaces one of.

This face is frozen: flaws from outside this repository depend on it. Parts look each other up when they are used, so
replacing one part changes what every other part sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reference_service.parts.content import Chunker, Cipher, Embedder, Extractor, MediaTypes, Storage
from reference_service.parts.data import (
    ChunkRepository,
    Database,
    FileRepository,
    JobQueue,
    MemoryRepository,
    SearchCache,
)
from reference_service.parts.web import (
    Authenticator,
    ErrorRenderer,
    HeaderPolicy,
    Limiter,
    Quota,
    RequestIds,
    TokenVerifier,
    UploadReader,
)
from reference_service.parts.work import Accounts, Build, Indexer, Knowledge, MemoryOperations, Readiness, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping
    from datetime import datetime

    from starlette.types import ASGIApp

    from reference_service.metrics import Metrics
    from reference_service.parts.data import Connection as Connection
    from reference_service.settings import Settings

__all__ = [
    "Accounts",
    "Authenticator",
    "Build",
    "ChunkRepository",
    "Chunker",
    "Cipher",
    "Database",
    "Embedder",
    "ErrorRenderer",
    "Extractor",
    "FileRepository",
    "HeaderPolicy",
    "Indexer",
    "JobQueue",
    "Knowledge",
    "Limiter",
    "MediaTypes",
    "MemoryOperations",
    "MemoryRepository",
    "Parts",
    "Quota",
    "Readiness",
    "RequestIds",
    "SearchCache",
    "Storage",
    "TokenVerifier",
    "UploadReader",
    "Worker",
]


@dataclass(slots=True, kw_only=True)
class Parts:
    """The parts of one assembled service."""

    settings: Settings
    """Not replaceable: parts read it."""
    started_at: datetime
    """Not replaceable: when this service was assembled."""
    metrics: Metrics
    request_ids: RequestIds
    token_verifier: TokenVerifier
    authenticator: Authenticator
    limiter: Limiter
    quota: Quota
    header_policy: HeaderPolicy
    error_renderer: ErrorRenderer
    json_decoder: Callable[[bytes], Any]
    """Decodes a request body; raises json.JSONDecodeError."""
    upload_reader: UploadReader
    media_types: MediaTypes
    extractor: Extractor
    chunkers: Mapping[str, Chunker]
    embedders: Mapping[str, Embedder]
    cipher: Cipher
    storage: Storage
    database: Database
    files: FileRepository
    chunks: ChunkRepository
    memories: MemoryRepository
    jobs: JobQueue
    search_cache: SearchCache
    indexer: Indexer
    worker: Worker
    knowledge: Knowledge
    memory: MemoryOperations
    accounts: Accounts
    readiness: Readiness
    build: Build
    request_log: Callable[[MutableMapping[str, Any]], None]
    """Writes the one log line of a request, from its fields."""
    middleware: tuple[Callable[[ASGIApp], ASGIApp], ...] = ()
    """Wrapped around the routes, the first one outermost; inside what records, traces and adds headers."""
    perimeter: tuple[Callable[[ASGIApp], ASGIApp], ...] = ()
    """Wrapped around everything, the first one outermost: sees exactly the bytes of the wire."""
