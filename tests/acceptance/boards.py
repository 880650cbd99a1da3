"""A sound service of the shape that Django REST framework gives: numbers, foreign keys, one token for each user.

Its document is what generators make of such code: the log-in documents its own request as the answer, errors are not
described, and what shows the document itself does so as YAML or as JSON.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from tests.acceptance.application import JsonApplication

if TYPE_CHECKING:
    from starlette.requests import Request

TEXT, NUMBER, SHOWN = {"type": "string"}, {"type": "integer"}, {"type": "integer", "readOnly": True}
REQUIRED = "This field is required."


def _object(required: str, **fields: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": fields}


ENTRY = _object("", username=TEXT, password=TEXT)
ACCOUNT = _object("id username", id=SHOWN, username=TEXT)
CHANGE = _object("new_password current_password", new_password=TEXT, current_password=TEXT)
BOARD = _object("id title", id=SHOWN, title={**TEXT, "maxLength": 120})
CARD = _object("id board title", id=SHOWN, board=NUMBER, title={**TEXT, "maxLength": 120})


def _content(schema: Any, *kinds: str) -> dict[str, Any]:
    return {kind: {"schema": schema} for kind in kinds or ("application/json",)}


def _call(status: int, answer: Any = None, body: Any = None, *, security: Any = None) -> dict[str, Any]:
    said: dict[str, Any] = {"description": "", **({"content": _content(answer)} if answer else {})}
    return {
        "responses": {str(status): said},
        **({"requestBody": {"content": _content(body)}} if body else {}),
        "security": [{"tokenAuth": []}] if security is None else security,
    }


def _thing(path: str, schema: dict[str, Any]) -> dict[str, Any]:
    page = _object("count results", count=NUMBER, results={"type": "array", "items": schema})
    paged = [{"name": "page", "in": "query", "required": False, "schema": NUMBER}]
    item = [{"name": "id", "in": "path", "required": True, "schema": NUMBER}]
    return {
        path: {"get": _call(200, page) | {"parameters": paged}, "post": _call(201, schema, schema)},
        path + "{id}/": {
            "parameters": item,
            "get": _call(200, schema),
            "put": _call(200, schema, schema),
            "delete": _call(204),
        },
    }


SHOWS_ITSELF = {
    "responses": {
        "200": {"description": "", "content": _content({"type": "object"}, "application/yaml", "application/json")}
    },
    "security": [],
}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Boards", "version": "1"},
    "paths": {
        "/api/schema/": {"get": SHOWS_ITSELF},
        "/api/auth/users/": {
            "post": _call(201, ACCOUNT, _object("username password", username=TEXT, password=TEXT), security=[])
        },
        "/api/auth/users/me/": {"get": _call(200, ACCOUNT)},
        "/api/auth/users/set_password/": {"post": _call(204, None, CHANGE)},
        "/api/auth/token/login/": {"post": _call(200, ENTRY, ENTRY, security=[{"tokenAuth": []}, {}])},
        **_thing("/api/boards/", BOARD),
        **_thing("/api/cards/", CARD),
    },
    "components": {
        "securitySchemes": {
            "tokenAuth": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": 'Token-based authentication with required prefix "Token"',
            }
        }
    },
}


def _not_allowed(allowed: str) -> Response:
    return JSONResponse({"detail": "Not allowed."}, 405, headers={"Allow": allowed})


@dataclass
class Boards(JsonApplication):
    """The application: users by name, tokens by user, things by kind and number."""

    passwords: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    things: dict[str, dict[int, dict[str, Any]]] = field(default_factory=lambda: {"boards": {}, "cards": {}})
    owners: dict[tuple[str, int], str] = field(default_factory=dict)
    last: int = 0

    def answer(self, request: Request, body: Any) -> Response:
        """Answer one request."""
        called = (request.method, request.url.path)
        if called == ("GET", "/api/schema/"):
            kind = "application/yaml" if "json" not in request.headers.get("accept", "") else "application/json"
            return Response(json.dumps(DOCUMENT), media_type=kind)  # what is JSON is YAML, too
        if request.method in {"POST", "PUT"} and not isinstance(body, dict):
            return JSONResponse({"detail": "JSON parse error"}, 400)
        public = {"/api/auth/users/": self._sign_up, "/api/auth/token/login/": self._log_in}
        if request.method == "POST" and called[1] in public:
            return public[called[1]](body)
        word, _, given = request.headers.get("authorization", "").partition(" ")
        user = next((name for name, token in self.tokens.items() if word == "Token" and given == token), None)
        if user is None:
            return JSONResponse({"detail": "Authentication credentials were not provided."}, 401)
        if called == ("GET", "/api/auth/users/me/"):
            return JSONResponse(self._account(user))
        changes = called == ("POST", "/api/auth/users/set_password/")
        return self._change(user, body) if changes else self._things(request, user, body)

    def _account(self, user: str) -> dict[str, Any]:
        return {"id": list(self.passwords).index(user) + 1, "username": user}

    def _sign_up(self, body: dict[str, Any]) -> Response:
        name, password = body.get("username"), body.get("password")
        wrong = {
            key: [REQUIRED]
            for key, value in (("username", name), ("password", password))
            if not isinstance(value, str) or not value
        }
        if wrong or name in self.passwords:
            return JSONResponse(wrong or {"username": ["A user with that username already exists."]}, 400)
        self.passwords[str(name)] = str(password)
        return JSONResponse(self._account(str(name)), 201)

    def _log_in(self, body: dict[str, Any]) -> Response:
        name, password = body.get("username"), body.get("password")
        if not isinstance(name, str) or not isinstance(password, str) or self.passwords.get(name) != password:
            return JSONResponse({"non_field_errors": ["Unable to log in with provided credentials."]}, 400)
        return JSONResponse({"auth_token": self.tokens.setdefault(name, secrets.token_hex(20))})

    def _change(self, user: str, body: dict[str, Any]) -> Response:
        if body.get("current_password") != self.passwords[user]:
            return JSONResponse({"current_password": ["Invalid password."]}, 400)
        if not isinstance(body.get("new_password"), str) or not body["new_password"]:
            return JSONResponse({"new_password": [REQUIRED]}, 400)
        self.passwords[user] = body["new_password"]
        self.tokens.pop(user)
        return Response(status_code=204)

    def _things(self, request: Request, user: str, body: dict[str, Any]) -> Response:
        kind, number, more = [*request.url.path.removeprefix("/api/").split("/"), "", ""][:3]
        mine = {key: one for key, one in self.things.get(kind, {}).items() if self.owners[kind, key] == user}
        if kind not in self.things or more or request.url.path[-1] != "/":
            return JSONResponse({"detail": "Not found."}, 404)
        if not number:
            return self._collection(request, user, kind, mine, body)
        found = mine.get(int(number)) if number.isascii() and number.isdecimal() and len(number) < 10 else None
        if found is None:
            return JSONResponse({"detail": "Not found."}, 404)
        if request.method == "DELETE":
            del self.things[kind][found["id"]]
            return Response(status_code=204)
        if request.method == "PUT":
            wrong = self._wrong(user, kind, body)
            found |= {} if wrong else {name: body[name] for name in found if name != "id"}
            return JSONResponse(wrong or found, 400 if wrong else 200)
        return JSONResponse(found) if request.method == "GET" else _not_allowed("GET, PUT, DELETE")

    def _collection(
        self, request: Request, user: str, kind: str, mine: dict[int, dict[str, Any]], body: dict[str, Any]
    ) -> Response:
        if request.method == "GET":
            asked = request.query_params.get("page", "1")
            first = 20 * (int(asked) - 1) if asked.isdecimal() and len(asked) < 6 else -1
            shown = list(reversed(mine.values()))
            if first < 0 or first > len(shown):
                return JSONResponse({"detail": "Invalid page."}, 404)
            return JSONResponse({"count": len(shown), "results": shown[first : first + 20]})
        if request.method != "POST":
            return _not_allowed("GET, POST")
        wrong = self._wrong(user, kind, body)
        if wrong:
            return JSONResponse(wrong, 400)
        self.last += 1
        made = {"id": self.last, **({"board": int(body["board"])} if kind == "cards" else {}), "title": body["title"]}
        self.things[kind][self.last], self.owners[kind, self.last] = made, user
        return JSONResponse(made, 201)

    def _wrong(self, user: str, kind: str, body: dict[str, Any]) -> dict[str, list[str]]:
        title, board = body.get("title"), str(body.get("board"))
        wrong = {} if isinstance(title, str) and 0 < len(title) <= 120 else {"title": [REQUIRED]}
        held = (
            self.owners.get(("boards", int(board)))
            if board.isascii() and board.isdecimal() and len(board) < 10
            else None
        )
        if kind == "cards" and (held != user or int(board) not in self.things["boards"]):
            wrong["board"] = [f'Invalid pk "{board}" - object does not exist.']
        return wrong
