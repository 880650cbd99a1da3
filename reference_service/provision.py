"""Makes a database ready: roles, extension, migrations, and the login role the service itself uses."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from reference_service.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

OWNER = "knowledge_owner"
SERVICE = "knowledge_service"
MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x6B6E6F77
DISPOSABLE = "disposable database of the reference service"
"""The comment on a database that our own stack created; nothing else may be damaged by a seeded flaw."""

NAME = re.compile(r"[a-z][a-z0-9_]{0,50}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    """A database that is ready, and how the service connects to it."""

    app_url: str = field(repr=False)
    app_role: str


def with_database(url: str, name: str, *, user: str = "", password: str = "") -> str:
    """Return the address of another database on the same server, optionally as another role."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    credentials = f"{quote(user)}:{quote(password)}@" if user else parts.netloc[: -len(host)] if host else ""
    return urlunsplit(parts._replace(netloc=credentials + host, path=f"/{name}"))


async def create_database(admin_url: str, name: str, template: str | None = None) -> str:
    """Create a disposable database on a server of ours and return its address; `template` is copied."""
    if not NAME.match(name):
        raise SettingsError(f"database name: expected lower-case letters, digits and '_', found {name!r}")
    connection = await asyncpg.connect(admin_url)
    try:
        copied = f' TEMPLATE "{template}"' if template else ""
        await connection.execute(f'CREATE DATABASE "{name}"{copied}')
        await connection.execute(f"COMMENT ON DATABASE \"{name}\" IS '{DISPOSABLE}'")
    finally:
        await connection.close()
    return with_database(admin_url, name)


async def provision(url: str, app_url: str | None = None, statements: Sequence[str] = ()) -> Provisioned:
    """Create roles, migrate as the owner, run the statements of flaws, and return how the service connects.

    Args:
        url: the database, as a role that may create roles.
        app_url: how the service connects; by default a login role of this database's own is made.
        statements: SQL of seeded flaws; refused unless our own stack created the database.

    Raises:
        SettingsError: the server cannot be reached, or the statements are refused.
    """
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise SettingsError(f"DATABASE_URL: expected a PostgreSQL that answers, found {type(error).__name__}") from None
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            await _create_roles(connection)
            await _migrate(connection)
        provisioned = await _service_login(connection, url, app_url)
        for statement in statements:
            await _damage(connection, statement, provisioned.app_role)
    finally:
        await connection.close()
    return provisioned


def create_role(name: str) -> str:
    """Return the SQL that makes a role which cannot log in, unless there is one."""
    return (
        f'DO $$ BEGIN CREATE ROLE "{name}" NOLOGIN; '
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )


async def _create_roles(connection: asyncpg.Connection[Any]) -> None:
    for role in (OWNER, SERVICE):
        await connection.execute(create_role(role))
    await connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    await connection.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
    await connection.execute(f"GRANT USAGE ON SCHEMA public TO {SERVICE}")


async def _migrate(connection: asyncpg.Connection[Any]) -> None:
    """Bring the schema to the newest revision, as its owner."""
    from reference_service.migrate import script  # noqa: PLC0415 - Alembic takes long to import

    await connection.execute(f"SET LOCAL ROLE {OWNER}")
    present = await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL")
    revision = await connection.fetchval("SELECT version_num FROM alembic_version") if present else None
    statements = script(revision)
    if statements:
        await connection.execute(statements)
    await connection.execute("RESET ROLE")


async def _service_login(connection: asyncpg.Connection[Any], url: str, app_url: str | None) -> Provisioned:
    if app_url:
        return Provisioned(app_url=app_url, app_role=urlsplit(app_url).username or SERVICE)
    database = await connection.fetchval("SELECT current_database()")
    role = f"{database}_app"
    # Every process that knows the administrator's password derives the same one, so that none locks out another.
    secret = urlsplit(url).password or ""
    password = hmac.digest(hashlib.sha256(secret.encode()).digest(), role.encode(), "sha256").hex()
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        await connection.execute(create_role(role))
        await connection.execute(
            f"ALTER ROLE \"{role}\" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE INHERIT PASSWORD '{password}'"
        )
        await connection.execute(f'GRANT {SERVICE} TO "{role}"')
    return Provisioned(app_url=with_database(url, database, user=role, password=password), app_role=role)


async def _damage(connection: asyncpg.Connection[Any], statement: str, role: str) -> None:
    """Run the SQL of a flaw, in which `{role}` stands for the role of the service."""
    comment = await connection.fetchval(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    )
    if comment != DISPOSABLE:
        raise SettingsError(
            "flaws: one of them changes the database, which is refused unless our own stack created it; "
            "leave DATABASE_URL unset to use the embedded server"
        )
    await connection.execute(statement.replace("{role}", f'"{role}"'))
