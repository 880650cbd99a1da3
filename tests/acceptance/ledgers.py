"""A service as many are written by hand: verbs in paths, answers half described, users known by the token alone.

What each user owns stands below that user's name; cards hold a number and no text; prices are for another role. Its
document forgets to say that reports ask for a credential, and has a who-am-I for merchants, who sign up elsewhere.
Flaws are switched on by name, none by default.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jwt
from starlette.responses import JSONResponse, Response

from tests.acceptance.application import JsonApplication

if TYPE_CHECKING:
    from starlette.requests import Request

TEXT, NUMBER = {"type": "string", "maxLength": 200}, {"type": "number"}
KEY = secrets.token_hex(32)


def _object(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


ENTRY = _object(username=TEXT, password=TEXT) | {"required": ["username", "password"]}
NOTE = _object(id={"type": "integer"}, text=TEXT)
OPEN: list[Any] = []


def _call(answer: Any, body: Any = None, security: Any = None, **more: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"200": {"description": "", "content": {"application/json": {"schema": answer}}}}
    for status in ("400", "403", "404", "405", *(() if security == OPEN else ("401",))):
        said[status] = {"description": "", "content": {"application/json": {"schema": _object(error=TEXT)}}}
    asked = {"requestBody": {"content": {"application/json": {"schema": body}}}} if body else {}
    secured: dict[str, Any] = {} if security == OPEN else {"security": [{"bearer": []}]}
    return {"responses": said, **asked, **secured, **more}


def _in_path(*names: str) -> list[dict[str, Any]]:
    kinds = {"username": TEXT}
    return [
        {"name": one, "in": "path", "required": True, "schema": kinds.get(one, {"type": "integer"})} for one in names
    ]


ITEM = "/api/{username}/note/{note_id}"
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Ledgers", "version": "1"},
    "paths": {
        "/register": {"post": _call(_object(status=TEXT, details=_object()), ENTRY, OPEN)},
        "/login": {"post": _call(_object(status=TEXT, token=TEXT), ENTRY, OPEN)},
        "/merchants/me": {"get": _call(_object(id=TEXT))},
        "/cards/create": {
            "post": _call(
                _object(message=TEXT, card_details=_object()),
                _object(card_limit={"type": "integer", "minimum": 1}) | {"required": ["card_limit"]},
            )
        },
        "/cards": {"get": _call(_object(cards={"type": "array", "items": _object(id=NUMBER, card_limit=NUMBER)}))},
        "/cards/{card_id}/freeze": {"post": _call(_object(message=TEXT)) | {"parameters": _in_path("card_id")}},
        "/api/{username}/note": {
            "post": _call(NOTE, _object(text=TEXT) | {"required": ["text"]}) | {"parameters": _in_path("username")}
        },
        "/api/{username}/notes": {
            "get": _call({"type": "array", "items": NOTE}) | {"parameters": _in_path("username")}
        },
        ITEM: {
            "parameters": _in_path("username", "note_id"),
            "get": _call(NOTE),
            "put": _call(NOTE, _object(text=TEXT) | {"required": ["text"]}),
            "delete": _call(_object(message=TEXT)),
        },
        "/pages": {
            "post": _call(TEXT, _object(title=TEXT) | {"required": ["title"]}),
            "get": _call({"type": "array", "items": _object(slug=TEXT, title=TEXT)}),
        },
        "/pages/{slug}": {
            "parameters": [{"name": "slug", "in": "path", "required": True, "schema": TEXT}],
            "delete": _call(_object(message=TEXT)),
            "put": _call(_object(slug=TEXT, title=TEXT), _object(title=TEXT) | {"required": ["title"]}),
        },
        "/prices": {
            "get": _call({"type": "array", "items": _object(id=NUMBER, name=TEXT)}),
            "post": _call(_object(id=NUMBER, name=TEXT), _object(name=TEXT) | {"required": ["name"]}),
        },
        "/prices/{price_id}": {"delete": _call(_object(message=TEXT)) | {"parameters": _in_path("price_id")}},
        "/users/{username}": {"get": _call(_object(username=TEXT, email=TEXT)) | {"parameters": _in_path("username")}},
        "/reports": {"get": _call(_object(count=NUMBER), None, OPEN)},
        "/admin/users": {"get": _call({"type": "array", "items": _object(username=TEXT)})},
    },
    "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
}
"""The document; of the security of `GET /reports` it says nothing."""


def _refused(status: int, error: str) -> Response:
    return JSONResponse({"error": error}, status)


@dataclass
class Ledgers(JsonApplication):
    """The application: users by name, things by kind and number; `flaws` are what is wrong with it."""

    flaws: frozenset[str] = frozenset()
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    things: dict[tuple[str, Any], dict[str, Any]] = field(default_factory=dict)
    last: int = 0

    def answer(self, request: Request, body: Any) -> Response:
        """Answer one request."""
        path, method = request.url.path, request.method
        if (method, path) == ("GET", "/openapi.json"):
            return JSONResponse(DOCUMENT)
        known = [DOCUMENT["paths"][each] for each in DOCUMENT["paths"] if _fits(each, path)]
        if not known:
            return _refused(404, "no such route")
        allowed = [each.upper() for one in known for each in one if each != "parameters"]
        if method not in allowed:
            response = _refused(405, "no such method")
            response.headers["Allow"] = ", ".join(allowed)
            return response
        if method in {"POST", "PUT"} and not isinstance(body, dict):
            return _refused(400, "expected a JSON object")
        if path in {"/register", "/login"}:
            return self._register(body) if path == "/register" else self._log_in(body)
        user = self._user(request)
        return _refused(401, "who are you?") if user is None else self._own(method, path, user, body)

    def _user(self, request: Request) -> str | None:
        """Return the name in a token of ours."""
        word, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            claims = jwt.decode(token, KEY, algorithms=["HS256"], options={"require": ["exp"]})
        except jwt.InvalidTokenError:
            return None
        named = next((name for name, one in self.users.items() if one["id"] == claims.get("user_id")), None)
        return named if word == "Bearer" else None

    def _register(self, body: dict[str, Any]) -> Response:
        name, password = body.get("username"), body.get("password")
        if not _is_text(name) or not _is_text(password) or not re.fullmatch(r"\w{3,60}", str(name)):
            return _refused(400, "expected a name and a password")
        if name in self.users:
            return _refused(400, "this name is taken")
        self.last += 1
        admin = body.get("is_admin") is True and "admin-at-sign-up" in self.flaws
        self.users[str(name)] = {"id": self.last, "password": password, "admin": admin}
        return JSONResponse({"status": "ok", "details": {"user_id": self.last, "username": name}})

    def _log_in(self, body: dict[str, Any]) -> Response:
        user = self.users.get(str(body.get("username")))
        if user is None or user["password"] != body.get("password"):
            return _refused(401, "wrong name or password")
        claims = {"user_id": user["id"], "is_admin": user["admin"], "exp": 4_000_000_000, "jti": secrets.token_hex(8)}
        return JSONResponse({"status": "ok", "token": jwt.encode(claims, KEY, "HS256")})

    def _own(self, method: str, path: str, user: str, body: Any) -> Response:
        """Answer who is known."""
        parts = path.strip("/").split("/")
        if path == "/merchants/me":
            return _refused(403, "for merchants")
        if path == "/reports":
            return JSONResponse({"count": sum(one["owner"] == user for one in self.things.values()), "of": user})
        if parts[0] == "users":
            return self._profile(user, parts[1])
        if parts[0] in {"prices", "admin"}:
            admin = self.users[user]["admin"]
            return JSONResponse([]) if method == "GET" and (admin or parts[0] == "prices") else _refused(403, "no")
        if parts[0] == "cards":
            return self._card(parts, user, body)
        return self._note(method, parts, user, body) if parts[0] == "api" else self._page(method, parts, user, body)

    def _profile(self, user: str, name: str) -> Response:
        known = self.users.get(name)
        if known is None:
            return _refused(404, "no such user")
        shown = {"username": name, "email": f"{name}@ledgers.example"}
        shown |= {"password": known["password"]} if "password-in-profile" in self.flaws else {}
        if user != name and "mail-in-profile" not in self.flaws:
            del shown["email"]
        return JSONResponse(shown)

    def _card(self, parts: list[str], user: str, body: Any) -> Response:
        if parts[1:] == ["create"]:
            limit = body.get("card_limit")
            if not isinstance(limit, int) or not 1 <= limit < 10**9:
                return _refused(400, "expected a limit")
            number = self._keep("card", user, {"card_limit": limit, "frozen": False})
            return JSONResponse({"message": "made", "card_details": self._shown("card", number)})
        if len(parts) == 1:
            return JSONResponse({"cards": self._all("card", user)})
        card = self._find("card", parts[1], user, anybody="foreign-cards" in self.flaws)
        if card is None:
            return _refused(404, "no such card")
        card["frozen"] = not card["frozen"]
        return JSONResponse({"message": "done"})

    def _note(self, method: str, parts: list[str], user: str, body: Any) -> Response:
        if parts[1] != user and not (method == "GET" and parts[2] == "notes" and "foreign-lists" in self.flaws):
            return _refused(404, "no such note")
        if parts[2:] == ["notes"]:
            return JSONResponse(self._all("note", parts[1]))
        if method in {"POST", "PUT"} and not _is_text(body.get("text")):
            return _refused(400, "expected a text")
        if method == "POST":
            return JSONResponse(self._shown("note", self._keep("note", user, {"text": body["text"]})))
        note = self._find("note", parts[3], user, anybody="any-note-below-own-name" in self.flaws and method != "GET")
        if note is None:
            return _refused(404, "no such note")
        return self._changed("note", method, int(parts[3]), {"text": (body or {}).get("text")})

    def _page(self, method: str, parts: list[str], user: str, body: Any) -> Response:
        if method in {"POST", "PUT"} and not _is_text(body.get("title")):
            return _refused(400, "expected a title")
        if len(parts) == 1:
            if method == "GET":
                return JSONResponse([{"slug": one.pop("id"), **one} for one in self._all("page", user)])
            slug = f"p{secrets.token_hex(8)}"
            self.things["page", slug] = {"owner": user, "title": body["title"]}
            return JSONResponse(slug)
        page = self._find("page", parts[1], user, anybody="foreign-pages" in self.flaws)
        if page is None:
            return _refused(404, "no such page")
        return self._changed("page", method, parts[1], {"title": (body or {}).get("title")})

    def _changed(self, kind: str, method: str, key: Any, fields: dict[str, Any]) -> Response:
        if method == "DELETE":
            del self.things[kind, key]
            return JSONResponse({"message": "gone"})
        if method == "PUT":
            self.things[kind, key] |= fields
        shown = self._shown(kind, key)
        return JSONResponse({"slug": shown.pop("id"), **shown} if kind == "page" else shown)

    def _keep(self, kind: str, user: str, fields: dict[str, Any]) -> int:
        self.last += 1
        self.things[kind, self.last] = {"owner": user, **fields}
        return self.last

    def _shown(self, kind: str, key: Any) -> dict[str, Any]:
        return {"id": key, **{name: one for name, one in self.things[kind, key].items() if name != "owner"}}

    def _all(self, kind: str, user: str) -> list[dict[str, Any]]:
        own = [key for (of, key), one in self.things.items() if of == kind and one["owner"] == user]
        return [self._shown(kind, key) for key in own]

    def _find(self, kind: str, key: str, user: str, *, anybody: bool) -> dict[str, Any] | None:
        thing = self.things.get((kind, int(key) if key.isdecimal() and len(key) < 19 and kind != "page" else key))
        return thing if thing is not None and (anybody or thing["owner"] == user) else None


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path) is not None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200 and "\x00" not in value and value.isprintable()
