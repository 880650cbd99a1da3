"""The bodies of requests and responses: closed schemas, which are also the OpenAPI document."""

from __future__ import annotations

from reference_service.schemas.fields import Closed, Id, Limit, Offset
from reference_service.schemas.knowledge import (
    FileDescription,
    FileList,
    Filters,
    IndexRequest,
    IndexResponse,
    SearchRequest,
    SearchResponse,
    SearchResult,
    UploadForm,
    UploadResponse,
)
from reference_service.schemas.memory import Memory, MemoryCreate, MemoryList, MemoryQuery, MemoryResult, MemoryResults
from reference_service.schemas.operations import (
    AnonymousUser,
    ErrorBody,
    Health,
    ReadinessBody,
    ReadinessChecks,
    Version,
)

__all__ = [
    "AnonymousUser",
    "Closed",
    "ErrorBody",
    "FileDescription",
    "FileList",
    "Filters",
    "Health",
    "Id",
    "IndexRequest",
    "IndexResponse",
    "Limit",
    "Memory",
    "MemoryCreate",
    "MemoryList",
    "MemoryQuery",
    "MemoryResult",
    "MemoryResults",
    "Offset",
    "ReadinessBody",
    "ReadinessChecks",
    "SearchRequest",
    "SearchResponse",
    "SearchResult",
    "UploadForm",
    "UploadResponse",
    "Version",
]
