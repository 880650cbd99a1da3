"""A small service that keeps items, sound unless told otherwise, and its document.

`python -m tests.harness.fuzz.items N` serves it until request N + 1, of which it dies.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.harness.fuzz.serving import serve

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

KEY = "Bearer s3cret-credential-of-the-fuzz-user"
ITEM = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
    "additionalProperties": False,
}
NEW = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 20}},
    "additionalProperties": False,
}
ERRORS = {str(status): {"description": "no"} for status in (400, 401, 404, 415, 429)}
ID = {"name": "item_id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1, "maximum": 10**12}}


def _answer(status: int, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    content = {"content": {"application/json": {"schema": schema}}} if schema else {}
    return {str(status): {"description": "yes", **content}, **ERRORS}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Items", "version": "1"},
    "security": [{"bearer": []}],
    "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    "paths": {
        "/items": {
            "post": {
                "requestBody": {"required": True, "content": {"application/json": {"schema": NEW}}},
                "responses": _answer(201, ITEM),
            },
        },
        "/items/{item_id}": {
            "get": {"parameters": [ID], "responses": _answer(200, ITEM)},
            "delete": {"parameters": [ID], "responses": _answer(204)},
        },
        "/items/everything": {"delete": {"responses": _answer(204)}},
    },
}


@dataclass(kw_only=True)
class Items:
    """The service; `flaws` and `limit` make it misbehave, `hits` counts what arrived by method and path."""

    flaws: frozenset[str] = frozenset()
    key: str = KEY
    limit: int | None = None
    lives: int | None = None
    hits: Counter[str] = field(default_factory=Counter)
    credentials: Counter[str] = field(default_factory=Counter)
    stored: dict[int, str] = field(default_factory=lambda: dict.fromkeys(range(1, 21), "old"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        self.hits[f"{request.method} {request.url.path}"] += 1
        self.credentials[request.headers.get("authorization", "none")] += 1
        if self.lives is not None and self.hits.total() > self.lives:
            os._exit(9)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        methods = self._methods(request.url.path)
        if not methods:
            return Response(status_code=404)
        if request.method not in methods:
            return Response(status_code=405, headers={"Allow": ", ".join(methods)})
        if request.headers.get("authorization") != self.key and "open" not in self.flaws:
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        if self.limit is not None and self.hits.total() > self.limit:
            return Response(status_code=429)
        return await self._create(request) if request.method == "POST" else self._on_one(request)

    def _methods(self, path: str) -> list[str]:
        if path == "/items":
            return ["POST"]
        if path == "/items/everything":
            return ["GET", "DELETE"]
        return ["GET", "DELETE"] if re.fullmatch(r"/items/[^/]+", path) else []

    async def _create(self, request: Request) -> Response:
        if request.headers.get("content-type") != "application/json":
            return Response(status_code=415)
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            return Response(status_code=400)
        name = body.get("name") if isinstance(body, dict) and body.keys() == {"name"} else None
        if not isinstance(name, str) or not 1 <= len(name) <= 20:
            return Response(status_code=400)
        if "crash" in self.flaws and len(name) > 10:
            return Response(status_code=500)
        number = max(self.stored, default=0) + 1
        self.stored[number] = name
        extra = {"path": "/srv"} if "extra" in self.flaws else {}
        return JSONResponse({"id": number, "name": name, **extra}, status_code=201)

    def _on_one(self, request: Request) -> Response:
        last = request.url.path.rpartition("/")[2]
        if last == "everything" and request.method == "DELETE":
            self.stored.clear()
            return Response(status_code=204)
        if not re.fullmatch(r"[1-9][0-9]{0,12}", last) or int(last) > 10**12:
            return Response(status_code=400)
        if int(last) not in self.stored:
            return Response(status_code=404)
        if request.method == "DELETE":
            del self.stored[int(last)]
            return Response(status_code=204)
        return JSONResponse({"id": int(last), "name": self.stored[int(last)]})


if __name__ == "__main__":
    serve(Items(lives=int(sys.argv[1])))
