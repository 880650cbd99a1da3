"""A service just large enough to be calibrated on: notes of users who are known by a random token."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FLAWS: list[dict[str, str]] = [
    {"name": "list-leak", "weakness": "isolation.list", "mode": "http", "title": "The list shows everybody's notes."},
    {"name": "delete-foreign", "weakness": "isolation.delete", "mode": "http", "title": "Anybody deletes any note."},
    {"name": "unheard-of", "weakness": "nothing.catches-this", "mode": "http", "title": "A flaw of a kind of its own."},
    {
        "name": "open-door",
        "weakness": "isolation.read",
        "mode": "http",
        "needs": "a-door",
        "title": "Where there is a door, any note is read.",
    },
    {"name": "chatty", "weakness": "", "mode": "benign", "title": "Lists have a field more."},
]


def _answer(description: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"description": description, **({"content": {"application/json": {"schema": schema}}} if schema else {})}


TEXT = {"type": "string"}
NOTE = {"type": "object", "required": ["id", "text"], "properties": {"id": TEXT, "text": TEXT}}
LIST = {"type": "object", "required": ["notes"], "properties": {"notes": {"type": "array", "items": NOTE}}}
USER = {"type": "object", "required": ["id", "token"], "properties": {"id": TEXT, "token": TEXT}}
ID = [{"name": "note_id", "in": "path", "required": True, "schema": TEXT}]
BODY = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
REFUSED = {"401": _answer("No credential"), "404": _answer("No such note")}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Tiny", "version": "1"},
    "paths": {
        "/users": {"post": {"requestBody": BODY, "security": [], "responses": {"201": _answer("Made", USER)}}},
        "/notes": {
            "get": {"responses": {"200": _answer("Own notes", LIST), **REFUSED}},
            "post": {"requestBody": BODY, "responses": {"201": _answer("Made", NOTE), **REFUSED}},
        },
        "/notes/{note_id}": {
            "get": {"parameters": ID, "responses": {"200": _answer("The note", NOTE), **REFUSED}},
            "delete": {"parameters": ID, "responses": {"204": _answer("Gone"), **REFUSED}},
        },
    },
}


@dataclass
class State:
    """Who there is, and what they have written."""

    flaws: frozenset[str]
    users: dict[str, str] = field(default_factory=dict)
    notes: dict[str, tuple[str, str]] = field(default_factory=dict)


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    state: State

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name of the base class
        """Keep quiet."""

    def say(self, status: int, body: object = None) -> None:
        """Send an answer."""
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def asked(self) -> dict[str, Any]:
        """Return the JSON object of the request, an empty one for anything else."""
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            value = json.loads(content or b"{}")
        except ValueError:
            value = {}
        return value if isinstance(value, dict) else {}

    @property
    def user(self) -> str | None:
        """Who asks."""
        return self.state.users.get((self.headers.get("Authorization") or "").removeprefix("Bearer "))

    def do_GET(self) -> None:
        """Answer readiness, the document, the list, or one note."""
        path = self.path.partition("?")[0]
        if path in {"/ready", "/openapi.json"}:
            self.say(200, DOCUMENT if path == "/openapi.json" else {"ready": True})
        elif self.user is None:
            self.say(401, {})
        elif path == "/notes":
            self.say(200, self.listed())
        else:
            owner, text = self.state.notes.get(path.removeprefix("/notes/"), (None, ""))
            own = owner == self.user or "open-door" in self.state.flaws
            self.say(200 if own else 404, {"id": path.removeprefix("/notes/"), "text": text} if own else {})

    def listed(self) -> dict[str, Any]:
        """Return the list that the user gets."""
        every = "list-leak" in self.state.flaws
        notes = [
            {"id": key, "text": text} for key, (owner, text) in self.state.notes.items() if every or owner == self.user
        ]
        return {"notes": notes, **({"hint": "all of them"} if "chatty" in self.state.flaws else {})}

    def do_POST(self) -> None:
        """Make a user or a note."""
        body, key = self.asked(), secrets.token_hex(8)
        if self.path == "/users":
            token = secrets.token_urlsafe(16)
            self.state.users[token] = key
            self.say(201, {"id": key, "token": token})
        elif self.user is None:
            self.say(401, {})
        else:
            self.state.notes[key] = (self.user, str(body.get("text", "")))
            self.say(201, {"id": key, "text": str(body.get("text", ""))})

    def do_DELETE(self) -> None:
        """Remove a note."""
        key = self.path.removeprefix("/notes/")
        owner, _ = self.state.notes.get(key, (None, ""))
        if self.user is None:
            self.say(401, {})
        elif owner is None or (owner != self.user and "delete-foreign" not in self.state.flaws):
            self.say(404, {})
        else:
            del self.state.notes[key]
            self.say(204)


def main() -> None:
    """List the flaws, or serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--flaws", default="")
    parser.add_argument("--list-flaws", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.list_flaws:
        sys.stdout.write(json.dumps(FLAWS))
        return
    Handler.state = State(flaws=frozenset(options.flaws.split(",")))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"READY http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
