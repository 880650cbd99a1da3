"""Directus (Node): an API over a PostgreSQL database, with roles, policies and permissions by row; signed tokens."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
from typing import TYPE_CHECKING, Any

from real_targets.processes import call, run, server
from real_targets.target import Running
from reference_service.stack import embedded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION = "11.3.5"
PINS = VERSION
KNOWN: frozenset[str] = frozenset()
ADMIN = "admin@example.com"
MINE = {"user_created": {"_eq": "$CURRENT_USER"}}
FIELDS: tuple[dict[str, Any], ...] = (
    {
        "field": "id",
        "type": "uuid",
        "meta": {"special": ["uuid"], "readonly": True},
        "schema": {"is_primary_key": True},
    },
    {"field": "user_created", "type": "uuid", "meta": {"special": ["user-created"], "readonly": True}, "schema": {}},
    {"field": "date_created", "type": "timestamp", "meta": {"special": ["date-created"]}, "schema": {}},
    {"field": "title", "type": "string", "meta": {}, "schema": {"is_nullable": False}},
    {"field": "body", "type": "text", "meta": {}, "schema": {}},
)


def install(folder: Path) -> None:
    """Install it without running what packages bring; the one native part, for scripts in flows, is not needed."""
    (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    run([_program("npm"), "install", *options, f"directus@{VERSION}"], folder)
    (folder / "node_modules/isolated-vm/isolated-vm.js").write_text("module.exports = {};\n", encoding="utf-8")


@contextlib.contextmanager
def serve(folder: Path, port: int, *, leak: bool) -> Iterator[Running]:
    """Start it on a database of its own, describe notes that belong to who creates them, and sign up two users."""
    url, password = f"http://127.0.0.1:{port}", secrets.token_urlsafe(16)
    with embedded() as stack:
        environment = {
            "DB_CLIENT": "pg",
            "DB_CONNECTION_STRING": stack.admin_url,
            "SECRET": secrets.token_urlsafe(32),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "PUBLIC_URL": url,
            "ADMIN_EMAIL": ADMIN,
            "ADMIN_PASSWORD": password,
            "ACCESS_TOKEN_TTL": "2h",
            # Five sign-ups a minute are the default; each check has users of its own.
            "RATE_LIMITER_REGISTRATION_ENABLED": "false",
            # On a busy machine it answers 503 to some requests of everybody, and controls among them.
            "PRESSURE_LIMITER_ENABLED": "false",
            "TELEMETRY": "false",
            "LOG_LEVEL": "warn",
            "NODE_OPTIONS": "--max-old-space-size=768",
        }
        for name in ("uploads", "extensions"):
            (folder / name).mkdir(exist_ok=True)
        program = [_program("node"), "node_modules/directus/cli.js"]
        run([*program, "bootstrap"], folder, environment)
        with server([*program, "start"], folder, f"{url}/server/ping", environment):
            _describe(url, _login(url, ADMIN, password), leak=leak)
            yield _with_users(url, folder)


def _describe(url: str, admin: str, *, leak: bool) -> None:
    """Make the notes, and a role whose members read and change their own ones (with `leak`: read everybody's)."""

    def make(kind: str, body: dict[str, Any]) -> Any:
        made = call("POST", f"{url}/{kind}", body, token=admin)["data"]
        return made.get("id")

    make("collections", {"collection": "notes", "schema": {}, "meta": {}, "fields": list(FIELDS)})
    policy = make("policies", {"name": "member", "app_access": False, "admin_access": False})
    role = make("roles", {"name": "member", "policies": [{"policy": policy}]})
    for action in ("create", "read", "update", "delete"):
        fields = ["title", "body"] if action in {"create", "update"} else ["*"]
        whose = {} if action == "create" or (leak and action == "read") else MINE
        make(
            "permissions",
            {"policy": policy, "collection": "notes", "action": action, "fields": fields, "permissions": whose},
        )
    own = {"policy": policy, "collection": "directus_users", "action": "read", "fields": ["id", "email"]}
    make("permissions", own | {"permissions": {"id": {"_eq": "$CURRENT_USER"}}})
    settings = {
        "public_registration": True,
        "public_registration_verify_email": False,
        "public_registration_role": role,
    }
    call("PATCH", f"{url}/settings", settings, token=admin)


def _with_users(url: str, folder: Path) -> Running:
    """Sign up two users, and keep the document as a member gets it: a stranger gets a shorter one."""
    tokens = {}
    for name in ("alice", "bob"):
        email, password = f"{name}@example.com", secrets.token_urlsafe(16)
        call("POST", f"{url}/users/register", {"email": email, "password": password})
        tokens[name] = _login(url, email, password)
    document = call("GET", f"{url}/server/specs/oas", token=tokens["alice"])
    (folder / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    credentials = {name: token.removeprefix("Bearer ") for name, token in tokens.items()}
    return Running(url=url, credentials=credentials, document=str(folder / "openapi.json"))


def _login(url: str, email: str, password: str) -> str:
    answer = call("POST", f"{url}/auth/login", {"email": email, "password": password})
    return f"Bearer {answer['data']['access_token']}"


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is not on PATH: install Node.js 18 or newer with npm")
    return found
