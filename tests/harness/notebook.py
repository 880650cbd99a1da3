"""A small sound service for tests of the core: things, and parts nested below them, with signed tokens."""

from __future__ import annotations

import json
import re
import secrets
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

THING = re.compile(r"^/things/(?P<thing>[^/]+)$")
PARTS = re.compile(r"^/things/(?P<thing>[^/]+)/parts$")
PART = re.compile(r"^/things/(?P<thing>[^/]+)/parts/(?P<part>[^/]+)$")

TOML = """
name = "notebook"

[target]
ready = "GET /ready"
environment = "test"

[users.minted]
algorithm = "HS256"
secret = "env:NOTEBOOK_SECRET"
claims = { sub = "{user}" }

[users]
whoami = { operation = "GET /me" }

[[resource]]
name = "thing"
create = { operation = "POST /things", json = { text = "{marker}" } }
read = { operation = "GET /things/{thing}" }
delete = { operation = "DELETE /things/{thing}" }

[resource.list]
operation = "GET /things"
items = "/items"
total = "/total"
pagination = { style = "offset", parameter = "offset", limit = "limit" }

[[resource]]
name = "part"
parent = "thing"
create = { operation = "POST /things/{thing}/parts", json = { text = "{marker}" } }
delete = { operation = "DELETE /things/{thing}/parts/{part}" }
"""


def _operation(*statuses: int, private: bool = True) -> dict[str, Any]:
    answers = {str(status): {"description": "as it says"} for status in (*statuses, *((401,) if private else ()))}
    return {"responses": answers, "security": [{"token": []}] if private else []}


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Notebook", "version": "1"},
    "paths": {
        "/ready": {"get": _operation(200, private=False)},
        "/me": {"get": _operation(200)},
        "/things": {"get": _operation(200), "post": _operation(201)},
        "/things/{thing}": {"get": _operation(200, 404), "delete": _operation(204, 404)},
        "/things/{thing}/parts": {"post": _operation(201, 404)},
        "/things/{thing}/parts/{part}": {"delete": _operation(204, 404)},
    },
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
}


@dataclass(kw_only=True)
class Notebook:
    """The application and what it has seen; `instead` answers in its place where it returns something."""

    secret: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    instead: Callable[[Request], Response | None] = lambda _request: None
    document: Any = field(default_factory=lambda: DOCUMENT)
    things: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        self.asked.append(f"{request.method} {request.url.path}")
        body = await request.body()
        response = self.instead(request) or self._answer(request, body)
        await response(scope, receive, send)

    @property
    def environment(self) -> dict[str, str]:
        """What a scenario finds under env:."""
        return {"NOTEBOOK_SECRET": self.secret}

    def token(self, subject: str, **claims: Any) -> str:
        """Return a token of a user."""
        return jwt.encode({"sub": subject, **claims}, self.secret, "HS256")

    def _answer(self, request: Request, body: bytes) -> Response:
        path = request.url.path
        if path == "/ready":
            return JSONResponse({"status": "ready"})
        if path == "/openapi.json":
            return JSONResponse(self.document)
        user = self.name_of(request)
        if user is None:
            return JSONResponse({"error": "unauthorized"}, 401)
        if path == "/me":
            return JSONResponse({"id": user})
        return self._private(request.method, path, user, request.query_params.get("offset", "0"), body)

    def things_of(self, request: Request) -> list[dict[str, str]] | None:
        """Return everything that the sender of a request owns, None for a stranger."""
        user = self.name_of(request)
        if user is None:
            return None
        return [{"id": key, "text": text} for key, (owner, text) in self.things.items() if owner == user]

    def name_of(self, request: Request) -> str | None:
        """Return the subject of the token of a request, None for a stranger."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.tokens.add(token)
        try:
            return str(jwt.decode(token, self.secret, algorithms=["HS256"])["sub"])
        except (jwt.InvalidTokenError, KeyError):
            return None

    def _private(self, method: str, path: str, user: str, offset: str, body: bytes) -> Response:
        if path == "/things" or (found := PARTS.match(path)):
            if method == "POST":
                return self._create(user, body, parent="" if path == "/things" else str(found["thing"]))  # type: ignore[index]
            mine = [{"id": key, "text": text} for key, (owner, text) in self.things.items() if owner == user]
            first = int(offset) if offset.isdigit() else 0
            return JSONResponse({"items": mine[first : first + 2], "total": len(mine)})
        found = PART.match(path) or THING.match(path)
        key = found[found.lastgroup or ""] if found else ""
        if self.things.get(key, ("", ""))[0] != user:
            return JSONResponse({"error": "not found"}, 404)
        if method == "DELETE":
            del self.things[key]
            return Response(status_code=204)
        return JSONResponse({"id": key, "text": self.things[key][1]})

    def _create(self, user: str, body: bytes, *, parent: str) -> Response:
        if parent and self.things.get(parent, ("", ""))[0] != user:
            return JSONResponse({"error": "not found"}, 404)
        try:
            text = str(json.loads(body)["text"])
            text.encode()
        except (ValueError, KeyError, TypeError, RecursionError):
            return JSONResponse({"error": "invalid"}, 422)
        key = str(uuid.uuid4())
        self.created.add(key)
        self.things[key] = (user, text)
        return JSONResponse({"id": key, "text": text}, 201)
