"""The routes: each reads its input, calls one operation and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path, Query, Request
from starlette.responses import JSONResponse, Response

from reference_service import metrics
from reference_service.errors import DependencyDown
from reference_service.schemas import (
    AnonymousUser,
    FileDescription,
    FileList,
    Health,
    Id,
    IndexRequest,
    IndexResponse,
    Limit,
    Memory,
    MemoryCreate,
    MemoryList,
    MemoryQuery,
    MemoryResults,
    Offset,
    ReadinessBody,
    SearchRequest,
    SearchResponse,
    UploadResponse,
    Version,
)
from reference_service.web.document import PRIVATE, PUBLIC, errors, success, upload_body
from reference_service.web.guard import PrivateRoute, PublicRoute, principal_of
from reference_service.web.recorder import context_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from reference_service.parts import Parts

KNOWLEDGE = "/api/v1/knowledge"
MEMORY = "/api/v1/memory"
EMPTY = 204
Page = Annotated[Limit, Query(description="How many to describe.")]
Skip = Annotated[Offset, Query(description="How many to skip.")]
FileId = Annotated[Id, Path(description="Id of a file.")]
MemoryId = Annotated[Id, Path(description="Id of a memory.")]


class KnowledgeRoutes:
    """The knowledge API."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    async def upload_file(self, request: Request) -> UploadResponse:
        """Upload a file; it is stored at once and indexed soon."""
        upload = await self.parts.upload_reader.read(request)
        request_id = context_of(request.scope).request_id
        return await self.parts.knowledge.upload(principal_of(request), upload, request_id)

    async def index_file(self, request: Request, body: IndexRequest) -> IndexResponse:
        """Index a file again, at once."""
        return await self.parts.knowledge.index(principal_of(request), body)

    async def search_files(self, request: Request, body: SearchRequest) -> SearchResponse:
        """Find the pieces of your files that are nearest in meaning to a query."""
        return await self.parts.knowledge.search(principal_of(request), body)

    async def list_files(self, request: Request, limit: Page = 20, offset: Skip = 0) -> FileList:
        """List your files, newest first."""
        return await self.parts.knowledge.list(principal_of(request), limit, offset)

    async def read_file(self, request: Request, file_id: FileId) -> FileDescription:
        """Describe one of your files."""
        return await self.parts.knowledge.read(principal_of(request), file_id)

    async def delete_file(self, request: Request, file_id: FileId) -> Response:
        """Delete one of your files and everything made from it."""
        await self.parts.knowledge.delete(principal_of(request), file_id)
        return Response(status_code=204)

    def add(self, app: FastAPI) -> None:
        """Add the routes."""
        one = f"{KNOWLEDGE}/files/{{file_id}}"
        add_private(app, "POST", f"{KNOWLEDGE}/upload", self.upload_file, 202, 400, 413, 415, extra=upload_body())
        add_private(app, "POST", f"{KNOWLEDGE}/index", self.index_file, 200, 404)
        add_private(app, "POST", f"{KNOWLEDGE}/search", self.search_files, 200)
        add_private(app, "GET", f"{KNOWLEDGE}/files", self.list_files, 200)
        add_private(app, "GET", one, self.read_file, 200, 404)
        add_private(app, "DELETE", one, self.delete_file, 204, 404)


class MemoryRoutes:
    """The memory API."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    async def create_memory(self, request: Request, body: MemoryCreate) -> Memory:
        """Remember a text."""
        return await self.parts.memory.create(principal_of(request), body)

    async def query_memories(self, request: Request, body: MemoryQuery) -> MemoryResults:
        """Find the memories that are nearest in meaning to a query."""
        return await self.parts.memory.query(principal_of(request), body)

    async def list_memories(self, request: Request, limit: Page = 20, offset: Skip = 0) -> MemoryList:
        """List your memories, newest first."""
        return await self.parts.memory.list(principal_of(request), limit, offset)

    async def read_memory(self, request: Request, memory_id: MemoryId) -> Memory:
        """Describe one of your memories."""
        return await self.parts.memory.read(principal_of(request), memory_id)

    async def delete_memory(self, request: Request, memory_id: MemoryId) -> Response:
        """Forget one of your memories."""
        await self.parts.memory.delete(principal_of(request), memory_id)
        return Response(status_code=204)

    def add(self, app: FastAPI) -> None:
        """Add the routes."""
        add_private(app, "POST", MEMORY, self.create_memory, 201)
        add_private(app, "POST", f"{MEMORY}/query", self.query_memories, 200)
        add_private(app, "GET", MEMORY, self.list_memories, 200)
        add_private(app, "GET", f"{MEMORY}/{{memory_id}}", self.read_memory, 200, 404)
        add_private(app, "DELETE", f"{MEMORY}/{{memory_id}}", self.delete_memory, 204, 404)


class OperationsRoutes:
    """What operators and newcomers call, without a token."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    async def sign_up(self, request: Request) -> AnonymousUser:
        """Make a new anonymous user and a token for it."""
        return await self.parts.accounts.sign_up(request.client.host if request.client else "unknown")

    async def ready(self) -> JSONResponse:
        """Say whether the service can do its work."""
        checks = dict(await self.parts.readiness.check())
        ready = all(checks.values())
        retry = {} if ready else dict(DependencyDown().headers or {})
        return JSONResponse({"ready": ready, "checks": checks}, 200 if ready else 503, retry)

    async def health(self) -> Health:
        """Say that the process is alive."""
        return Health(status="ok")

    async def version(self) -> Version:
        """Say what is running."""
        return self.parts.build.version()

    async def prometheus(self) -> Response:
        """Return the metrics."""
        return Response(self.parts.metrics.render(), headers={"content-type": metrics.CONTENT_TYPE})

    def add(self, app: FastAPI, *, sign_up: bool) -> None:
        """Add the routes; sign-up only where this service signs tokens itself."""
        if sign_up:
            limited = errors(429, 500, 503, private=False)
            add_public(app, "POST", "/api/v1/stream/auth/anon", self.sign_up, 201, limited)
        unready: dict[int | str, dict[str, Any]] = {503: {"model": ReadinessBody, "description": "Not ready"}}
        add_public(app, "GET", "/ready", self.ready, 200, errors(500, private=False) | unready, model=ReadinessBody)
        add_public(app, "GET", "/health", self.health, 200, errors(500, private=False))
        add_public(app, "GET", "/version", self.version, 200, errors(500, private=False))
        text = {"text/plain": {"schema": {"type": "string"}}}
        add_public(app, "GET", "/metrics", self.prometheus, 200, errors(500, private=False), content=text)


def add_private(
    app: FastAPI,
    method: str,
    path: str,
    endpoint: Callable[..., Any],
    status: int,
    *failures: int,
    extra: dict[str, Any] | None = None,
) -> None:
    """Add a route behind the layers, with every status and header documented."""
    nothing: dict[str, Any] = {"response_class": Response, "response_model": None} if status == EMPTY else {}
    documented = success(status, private=True) | errors(*sorted({*failures, 401, 422, 429, 500, 503}), private=True)
    app.router.add_api_route(
        path,
        endpoint,
        methods=[method],
        status_code=status,
        responses=documented,
        operation_id=endpoint.__name__,
        openapi_extra=PRIVATE | (extra or {}),
        route_class_override=PrivateRoute,
        tags=["memory" if path.startswith(MEMORY) else "knowledge"],
        **nothing,
    )


def add_public(  # noqa: PLR0917 - as above
    app: FastAPI,
    method: str,
    path: str,
    endpoint: Callable[..., Any],
    status: int,
    failures: dict[int | str, dict[str, Any]],
    *,
    model: Any = None,
    content: dict[str, Any] | None = None,
) -> None:
    """Add a route that anybody may call."""
    documented = success(status, private=False)
    if content:
        documented[status]["content"] = content
    plain: dict[str, Any] = {"response_class": Response, "response_model": None} if content else {}
    modelled: dict[str, Any] = {"response_model": model} if model else {}
    app.router.add_api_route(
        path,
        endpoint,
        methods=[method],
        status_code=status,
        responses=documented | failures,
        operation_id=endpoint.__name__,
        openapi_extra=PUBLIC,
        route_class_override=PublicRoute,
        tags=["operations"],
        **plain,
        **modelled,
    )
