"""The operations themselves, and what runs beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from reference_service.model import (
        IndexOptions,
        IndexOutcome,
        Principal,
        Upload,
    )
    from reference_service.schemas import (
        AnonymousUser,
        FileDescription,
        FileList,
        IndexRequest,
        IndexResponse,
        Memory,
        MemoryCreate,
        MemoryList,
        MemoryQuery,
        MemoryResults,
        SearchRequest,
        SearchResponse,
        UploadResponse,
        Version,
    )


class Indexer(Protocol):
    """Reads, cuts up, embeds and stores one file."""

    async def index(self, user_id: str, file_id: UUID, options: IndexOptions) -> IndexOutcome:
        """Index a file in the context of the user; raise FileMissing when it is gone."""


class Worker(Protocol):
    """Works through the indexing jobs in the background."""

    async def start(self) -> None:
        """Begin."""

    async def stop(self) -> None:
        """Finish the job in hand and end."""

    def wake(self) -> None:
        """Look for jobs at once."""


class Knowledge(Protocol):
    """The operations on files."""

    async def upload(self, principal: Principal, upload: Upload, request_id: str) -> UploadResponse:
        """Store a file and queue its indexing."""

    async def index(self, principal: Principal, request: IndexRequest) -> IndexResponse:
        """Index a file at once."""

    async def search(self, principal: Principal, request: SearchRequest) -> SearchResponse:
        """Find the chunks nearest to a query."""

    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        """Describe a file."""

    async def list(self, principal: Principal, limit: int, offset: int) -> FileList:
        """Describe a page of files."""

    async def delete(self, principal: Principal, file_id: UUID) -> None:
        """Remove a file."""


class MemoryOperations(Protocol):
    """The operations on memories."""

    async def create(self, principal: Principal, request: MemoryCreate) -> Memory:
        """Remember a text."""

    async def query(self, principal: Principal, request: MemoryQuery) -> MemoryResults:
        """Find the memories nearest to a query."""

    async def list(self, principal: Principal, limit: int, offset: int) -> MemoryList:
        """Describe a page of memories."""

    async def read(self, principal: Principal, memory_id: UUID) -> Memory:
        """Describe a memory."""

    async def delete(self, principal: Principal, memory_id: UUID) -> None:
        """Forget a memory."""


class Accounts(Protocol):
    """Anonymous sign-up."""

    async def sign_up(self, address: str) -> AnonymousUser:
        """Make a new user; raise LimitExceeded."""


class Readiness(Protocol):
    """Finds out whether the service can do its work."""

    async def check(self) -> Mapping[str, bool]:
        """Return the outcome of every check, each within its time limit."""


class Build(Protocol):
    """Says what is running."""

    def version(self) -> Version:
        """Return what /version shows."""
