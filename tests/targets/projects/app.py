"""The application: routes, authentication before everything else, and problem documents for every error."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.targets.common.command import TargetService
from tests.targets.common.methods import allowed_methods
from tests.targets.projects.bodies import accept_user
from tests.targets.projects.call import Call
from tests.targets.projects.operations import JSON, Operations
from tests.targets.projects.parts import Parts
from tests.targets.projects.problems import ProblemError, unauthorized
from tests.targets.projects.store import Store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request
    from starlette.types import ASGIApp

    Handler = Callable[[Call], Awaitable[Response]]
    Table = dict[str, tuple[str, Handler]]

HERE = Path(__file__).parent


def build(parts: Parts, environment: Mapping[str, str]) -> ASGIApp:
    """Return the application.

    `PROJECTS_USERS` is a JSON object of names and API keys; `PROJECTS_ADMIN_KEY` opens `POST /v2/admin/users`.
    """
    store = Store()
    for name, key in _users(environment.get("PROJECTS_USERS", "{}")).items():
        if store.add_user(name, key) is None:
            raise ValueError("PROJECTS_USERS: two users have the same key; give each one a key of its own")
    service = _Service(parts, store, environment.get("PROJECTS_ADMIN_KEY", ""))
    application = Starlette(routes=service.routes())
    application.router.redirect_slashes = False
    application.add_exception_handler(HTTPException, _http_error)
    application.add_exception_handler(Exception, _server_error)
    return parts.wrap(application)


class _Service:
    def __init__(self, parts: Parts, store: Store, admin_key: str) -> None:
        self._parts = parts
        self._store = store
        self._admin_key = admin_key
        self._secret = secrets.token_bytes(32)

    def routes(self) -> list[Route]:
        """Return a route for each path; a method that is not in its table is answered with 405."""
        return [
            Route("/", _root, methods=["GET"]),
            Route("/healthz", _health, methods=["GET"]),
            Route("/version", self._version, methods=["GET"]),
            Route("/spec/openapi.yaml", self._document, methods=["GET"]),
            Route("/v2/admin/users", self._add_user, methods=["POST"]),
            *(self._route(path, table) for path, table in _tables(Operations(self._parts)).items()),
        ]

    def _route(self, path: str, table: Table) -> Route:
        async def endpoint(request: Request) -> Response:
            operation, handler = table[request.method]
            response = await self._answer(operation, handler, request)
            response.headers.update(self._parts.headers(operation))
            return response

        return Route(path, endpoint, methods=list(table))

    async def _answer(self, operation: str, handler: Handler, request: Request) -> Response:
        call = Call(operation=operation, request=request, store=self._store, secret=self._secret)
        try:
            call.caller = await self._parts.authenticate(call)
            if call.caller is None:
                raise unauthorized()
            call.read_ids()
            return await handler(call)
        except ProblemError as problem:
            return problem.response()

    async def _version(self, _request: Request) -> Response:
        return JSONResponse({"name": "projects", "version": "2.3.0", "commit": self._parts.commit})

    async def _document(self, _request: Request) -> Response:
        text = (HERE / "openapi.yaml").read_text(encoding="utf-8")
        return PlainTextResponse(self._parts.document(text), media_type="application/yaml")

    async def _add_user(self, request: Request) -> Response:
        try:
            response = await self._added(request)
        except ProblemError as problem:
            response = problem.response()
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _added(self, request: Request) -> Response:
        given = request.headers.get("x-admin-key", "").encode()
        if not self._admin_key or not secrets.compare_digest(given, self._admin_key.encode()):
            raise unauthorized()
        call = Call(operation="user.create", request=request, store=self._store, secret=self._secret)
        name = accept_user(self._parts.read_json(await call.body(JSON)))["name"]
        key = secrets.token_urlsafe(24)
        user = self._store.add_user(name, key)
        if user is None:
            raise ProblemError(409, "name-taken", "another user has this name")
        return JSONResponse({"id": user.id, "name": user.name, "api_key": key}, 201)


def _tables(does: Operations) -> dict[str, Table]:
    """Return what each path offers: for each method, the name of the operation and its handler."""
    return {
        "/v2/me": _with_head({"GET": ("me.read", does.me)}),
        "/v2/projects": _with_head(
            {"GET": ("project.list", does.list_projects), "POST": ("project.create", does.create_project)}
        ),
        "/v2/projects/{project_id}": {
            "GET": ("project.read", does.read_project),
            "HEAD": ("project.read", does.head_project),
            "PUT": ("project.replace", does.replace_project),
            "PATCH": ("project.merge", does.merge_project),
            "DELETE": ("project.delete", does.delete_project),
        },
        "/v2/projects/{project_id}/archive": {"POST": ("project.archive", does.archive_project)},
        "/v2/projects/{project_id}/collaborators": {"POST": ("project.share", does.add_collaborator)},
        "/v2/projects/{project_id}/notes": _with_head(
            {"GET": ("note.list", does.list_notes), "POST": ("note.create", does.create_note)}
        ),
        "/v2/projects/{project_id}/notes/{note_id}": {
            "GET": ("note.read", does.read_note),
            "HEAD": ("note.read", does.head_note),
            "PUT": ("note.replace", does.replace_note),
            "PATCH": ("note.merge", does.merge_note),
            "DELETE": ("note.delete", does.delete_note),
        },
        "/v2/notes": _with_head({"GET": ("note.search", does.search_notes)}),
    }


def _with_head(table: Table) -> Table:
    return {**table, "HEAD": table["GET"]}


def _users(text: str) -> dict[str, str]:
    try:
        users: Any = json.loads(text)
    except ValueError as error:
        raise ValueError("PROJECTS_USERS: expected a JSON object of names and API keys") from error
    if not isinstance(users, dict) or not all(isinstance(key, str) and key for key in users.values()):
        raise ValueError("PROJECTS_USERS: expected a JSON object of names and API keys")
    return users


async def _root(_request: Request) -> Response:
    """Say where the description is (RFC 8631)."""
    return JSONResponse({"name": "projects"}, headers={"Link": '</spec/openapi.yaml>; rel="service-desc"'})


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "up"})


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        allow = {"Allow": allowed_methods(request)}
        return ProblemError(405, "method-not-allowed", "this path does not offer that method", allow).response()
    return ProblemError(status, "not-found", "there is no such path").response()


async def _server_error(_request: Request, _error: Exception) -> Response:
    return ProblemError(500, "internal", "something went wrong here; the request may be repeated later").response()


SERVICE = TargetService(name="projects", flaws=HERE / "flaws", benign=HERE / "benign", parts=Parts(), build=build)
