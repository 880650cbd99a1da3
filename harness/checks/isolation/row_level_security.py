"""Row-level security that does not bind the service (CWE-863): read off the catalogue as the role the service uses.

Superusers, roles with BYPASSRLS, and owners of a table without FORCE are bound by no policy; a policy on a table where
row-level security is not enabled does nothing (PostgreSQL, chapter 5.9). Neither is bound who reaches the files or the
programs of the server, which makes a superuser of anybody (chapter 21.5). What is seen over HTTP is tried elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.checks.isolation._policies import connections
from harness.expect import failed, inconclusive, passed, skipped
from harness.model import Nature, Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import Lab
    from harness.model import Observation

ROLE = """
SELECT r.rolname, r.rolsuper, r.rolbypassrls,
       r.rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program') AS host
FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER') ORDER BY r.rolname
"""
TABLES = """
SELECT c.oid::regclass::text AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
       pg_has_role(current_user, c.relowner, 'USAGE') AS owned,
       has_table_privilege(c.oid, 'SELECT') AS readable
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND (c.relrowsecurity OR EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))
ORDER BY 1
"""
SUBJECT = "row-level security"


@check(
    severity=Severity.CRITICAL,
    catches=["rls.bypass-role", "rls.disabled", "rls.force", "rls.null-context"],
    needs=Needs(users=1, operations=("create",), features=("database",)),
    owasp="API1:2023",
    cwe=863,
    mode="grey",
)
async def row_level_security(lab: Lab) -> AsyncIterator[Observation]:
    """The policies of the tables bind the role of the service, and show nothing without a user."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.private_with("create"):
        await resource.create(user)
    async with connections(lab) as (role, owner):
        tables = await role.fetch(TABLES)
        judged = [*_roles(await role.fetch(ROLE)), *_tables(tables)]
        for name in (table["name"] for table in tables if table["readable"]):
            count = f"SELECT count(*) FROM {name}"  # noqa: S608 -- a name out of the catalogue, quoted by it
            judged.append(_without_user(name, await role.fetchval(count), await owner.fetchval(count)))
    if not tables:
        yield inconclusive(SUBJECT, "no-control", "the role of the service sees no table with a policy")
    for observation in judged:
        yield replace(observation, nature=Nature.STRUCTURAL)


def _roles(roles: list[Any]) -> Iterator[Observation]:
    """Judge the role that the service connects as, and all whose rights it has."""
    free = [role for role in roles if role["rolsuper"] or role["rolbypassrls"] or role["host"]]
    if free:
        kind = "reaches the database's own server" if free[0]["host"] else "has BYPASSRLS"
        kind = "is a superuser" if free[0]["rolsuper"] else kind
        yield failed(
            f"{SUBJECT}: role", f"the service may act as {free[0]['rolname']}, which {kind}: no policy binds it then"
        )
    else:
        yield passed(
            f"{SUBJECT}: role", "the role of the service is no superuser, as good as none, and has no BYPASSRLS"
        )


def _tables(tables: list[Any]) -> Iterator[Observation]:
    """Judge whether row-level security is on, and binds the owner where the service is that."""
    for table in tables:
        subject = f"{SUBJECT}: {table['name']}"
        if not table["enabled"]:
            yield failed(subject, f"{table['name']} has a policy, and row-level security is not enabled on it")
        elif table["owned"] and not table["forced"]:
            yield failed(subject, f"the service owns {table['name']}, whose row-level security is not forced on owners")
        else:
            yield passed(subject, f"row-level security binds the service on {table['name']}")


def _without_user(table: str, rows: int, there: int) -> Observation:
    """Judge what is visible without a user in the context, beside what is there."""
    subject = f"{SUBJECT}: {table} without a user"
    if rows:
        return failed(subject, f"without a user in the context, {rows} rows of {table} are visible")
    if not there:
        return skipped(subject, "not-seen", f"{table} holds no row that could be visible")
    return passed(subject, f"without a user in the context, none of {there} rows of {table} is visible")
