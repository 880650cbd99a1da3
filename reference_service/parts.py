"""The replaceable parts of the service, as Protocols: what `assemble` composes, and what a seeded flaw replaces one of.

This face is frozen: flaws from outside this repository depend on it. Parts look each other up when they are used, so
replacing one part changes what every other part sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime
    from uuid import UUID

    from asyncpg.pool import PoolConnectionProxy
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from reference_service.errors import ServiceError
    from reference_service.metrics import Metrics
    from reference_service.model import (
        Allowance,
        Binding,
        Bucket,
        Chunk,
        ChunkRow,
        FileRow,
        Hit,
        IndexOptions,
        IndexOutcome,
        Job,
        MemoryRow,
        Principal,
        RequestContext,
        Sealed,
        SearchFilters,
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
    from reference_service.settings import Settings

    Connection = PoolConnectionProxy[Any]


class RequestIds(Protocol):
    """Chooses the id of a request."""

    def choose(self, offered: Sequence[str]) -> str:
        """Return the id; `offered` are the values of the caller's X-Request-ID headers."""


class TokenVerifier(Protocol):
    """Decides whether a token is genuine, current and meant for this service."""

    async def verify(self, token: str) -> Principal:
        """Return who the token stands for; raise InvalidToken."""


class Authenticator(Protocol):
    """Layer 1: finds out who is calling."""

    async def authenticate(self, request: Request, operation: str) -> Principal:
        """Return the caller of a private operation; raise InvalidToken."""


class Limiter(Protocol):
    """Keeps token buckets in a store that all processes share."""

    async def take(self, buckets: Sequence[Bucket]) -> Sequence[Allowance]:
        """Take one token from every bucket, or from none of them; raise DependencyDown without the store."""


class Quota(Protocol):
    """Decides which bucket a request is charged to."""

    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        """Charge one request and return what the limiter decided, allowed or not."""


class HeaderPolicy(Protocol):
    """Says which headers every response carries."""

    def headers(self, context: RequestContext, status: int, present: Mapping[str, str]) -> Mapping[str, str]:
        """Return the headers to set; `present` are those the response has already, names in lower case."""


class ErrorRenderer(Protocol):
    """Turns an error into a response."""

    def render(self, error: ServiceError, context: RequestContext) -> Response:
        """Return the response, in the one shape that all errors have."""


class UploadReader(Protocol):
    """Reads a multipart upload while enforcing its limits."""

    async def read(self, request: Request) -> Upload:
        """Return the validated upload; raise FileTooLarge or ValidationFailed."""


class MediaTypes(Protocol):
    """Judges what a body really is."""

    def judge(self, upload: Upload) -> str:
        """Return the media type; raise UnsupportedType or InvalidFile."""


class Extractor(Protocol):
    """Gets the text out of a body."""

    def text(self, body: bytes, media_type: str) -> str:
        """Return the text, which may be empty; raise InvalidFile."""


class Chunker(Protocol):
    """Cuts a text into pieces."""

    def chunks(self, text: str, overlap: int) -> Sequence[Chunk]:
        """Return the pieces in order, `overlap` characters of each repeated in the next."""


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """The name of the model."""

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one vector per text; raise EmbeddingDown."""


class Cipher(Protocol):
    """Layer 3: authenticated encryption."""

    @property
    def active_key_id(self) -> str:
        """The id of the key that seals."""

    def seal(self, plaintext: bytes, binding: Binding) -> Sealed:
        """Encrypt for exactly this place."""

    def open(self, sealed: Sealed, binding: Binding) -> bytes:
        """Decrypt; raise Mismatch when anything differs from when it was sealed."""

    def digest(self, user_id: str, text: str) -> bytes:
        """Return a keyed digest, equal for equal texts of one user, by which sealed values can be filtered."""


class Storage(Protocol):
    """Keeps the bodies of files."""

    async def put(self, name: str, data: bytes) -> None:
        """Store an object."""

    async def get(self, name: str) -> bytes:
        """Return an object; raise FileMissing."""

    async def delete(self, name: str) -> None:
        """Remove an object; removing one that is gone is no error."""


class Database(Protocol):
    """Layer 2: hands out transactions in the context of a user."""

    async def open(self) -> None:
        """Connect."""

    async def close(self) -> None:
        """Close every connection."""

    def transaction(self, user_id: str | None) -> AbstractAsyncContextManager[Connection]:
        """Begin a transaction whose rows are those of the user; without a user it sees none."""

    def background(self) -> AbstractAsyncContextManager[Connection]:
        """Begin a transaction without a context, for the job table only."""


class FileRepository(Protocol):
    """The table `files`, seen through its policy."""

    async def insert(self, connection: Connection, row: FileRow) -> None:
        """Add a file and its job."""

    async def get(self, connection: Connection, file_id: UUID) -> FileRow | None:
        """Return a file."""

    async def lock(self, connection: Connection, file_id: UUID) -> bool:
        """Lock a file until the transaction ends; False when it is gone."""

    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[FileRow]:
        """Return a page of files, newest first."""

    async def count(self, connection: Connection) -> int:
        """Return the number of files."""

    async def delete(self, connection: Connection, file_id: UUID) -> bool:
        """Remove a file and what hangs on it; False when there was none."""

    async def indexed(self, connection: Connection, file_id: UUID, chunks: int, options: IndexOptions) -> None:
        """Record that a file is indexed."""


class ChunkRepository(Protocol):
    """The table `file_chunks`, seen through its policy."""

    async def replace(self, connection: Connection, file_id: UUID, user_id: str, rows: Sequence[ChunkRow]) -> None:
        """Replace all chunks of a file."""

    async def search(
        self, connection: Connection, query: str, vector: Sequence[float], filters: SearchFilters, limit: int
    ) -> Sequence[Hit]:
        """Return the nearest chunks; `vector` decides, `query` is its text."""


class MemoryRepository(Protocol):
    """The table `memory_chunks`, seen through its policy."""

    async def insert(self, connection: Connection, row: MemoryRow, embedding: Sequence[float], key_id: str) -> None:
        """Add a memory."""

    async def get(self, connection: Connection, memory_id: UUID) -> MemoryRow | None:
        """Return a memory."""

    async def page(self, connection: Connection, limit: int, offset: int) -> Sequence[MemoryRow]:
        """Return a page of memories, newest first."""

    async def count(self, connection: Connection) -> int:
        """Return the number of memories."""

    async def nearest(self, connection: Connection, vector: Sequence[float], limit: int) -> Sequence[MemoryRow]:
        """Return the memories nearest to a vector."""

    async def delete(self, connection: Connection, memory_id: UUID) -> bool:
        """Remove a memory; False when there was none."""


class JobQueue(Protocol):
    """The table `index_jobs`, which has no policy."""

    async def claim(self, connection: Connection) -> Job | None:
        """Take the oldest job that nobody works on."""

    async def finish(self, connection: Connection, job: Job, state: str) -> None:
        """Record how a job ended: done, failed or queued again."""


class SearchCache(Protocol):
    """Keeps answers to searches for a while, per user."""

    async def get(self, user_id: str, request: SearchRequest) -> tuple[SearchResponse | None, str]:
        """Return the kept answer, if any, and the generation under which a new one may be kept."""

    async def put(self, user_id: str, request: SearchRequest, response: SearchResponse, generation: str) -> None:
        """Keep an answer."""

    async def drop(self, user_id: str) -> None:
        """Forget all answers of a user."""


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
