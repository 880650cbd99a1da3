"""What lies beside a table under policies and shows its rows all the same (CWE-863).

A view without security_invoker, a materialised view, a SECURITY DEFINER function and a copy in another table are not
bound by the policies, and neither is TRUNCATE (PostgreSQL, chapter 5.9). One that filters by itself shows nothing here:
only what protected rows say counts, not that they exist. Functions are called where they need no argument, and where
they need one and change nothing, as they say: with what another user's row holds.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from harness.checks.isolation._policies import LONGEST, Context, Row, acting, connections, context_of, row_of
from harness.expect import failed, passed, skipped
from harness.model import Nature, Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import Lab, Owned
    from harness.model import Observation

DOORS = """
SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind IN ('v', 'm') AS derived, NULL AS argument
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relrowsecurity AND c.oid >= 16384
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
UNION ALL
SELECT format('%I.%I', n.nspname, p.proname) || CASE required WHEN 0 THEN '()' ELSE '' END, true,
       CASE required WHEN 1 THEN format_type(p.proargtypes[0], NULL) END
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang,
     LATERAL (SELECT p.pronargs - p.pronargdefaults AS required) AS arguments
WHERE p.prosecdef AND p.prokind = 'f' AND (required = 0 OR (required = 1 AND p.provolatile <> 'v'))
  AND l.lanname IN ('sql', 'plpgsql')
  AND p.prorettype NOT IN ('void'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
  AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')
ORDER BY 1
"""
HOLDS = """
SELECT count(*) FROM {} AS beside_
WHERE EXISTS (SELECT FROM unnest($1::text[]) AS held WHERE position(held IN beside_::text) > 0)
"""
EMPTIED = """
SELECT has_table_privilege($1::text, 'TRUNCATE') AND NOT pg_has_role(c.relowner, 'USAGE')
FROM pg_class c WHERE c.oid = $1::text::regclass
"""
SEALED = 28
"""Bytes of the shortest ciphertext: a nonce and a tag."""
DIGESTS = frozenset({28, 32, 48, 64})
"""Lengths of digests, which say nothing about what they are of."""
STRUCTURAL = {"nature": Nature.STRUCTURAL}


@check(
    severity=Severity.HIGH,
    catches=["rls.side-door"],
    needs=Needs(users=2, operations=("create",), features=("database",)),
    owasp="API1:2023",
    cwe=863,
    mode="grey",
)
async def beside_policies(lab: Lab) -> AsyncIterator[Observation]:
    """What policies protect is shown by nothing else that the role of the service may read."""
    for resource in lab.private_with("create"):
        alice, bob = [await resource.create(user) for user in await lab.two_users()]
        async with connections(lab) as (role, owner):
            hers, his = await row_of(owner, alice), await row_of(owner, bob)
            if hers is None or his is None or hers.table != his.table:
                yield skipped(resource.name, "not-applicable", f"no row of a {resource.name} is under a policy")
                continue
            held = _held(his, bob)
            if not held or not await owner.fetchval(HOLDS.format(hers.table), held):
                yield skipped(resource.name, "not-applicable", f"{hers.table} holds no text of a {resource.name}")
                continue
            context = await context_of(role, hers, his)
            yield await _emptied(role, context, hers.table)
            async for observation in _doors(role, context, (hers, his), held):
                yield observation


async def _emptied(role: Any, context: Context | None, table: str) -> Observation:
    """Judge whether the service may empty the table, whatever its policies say; an owner always may."""
    subject = f"{table}: emptied"
    async with acting(role, context.role if context else None):
        may = await role.fetchval(EMPTIED, table)
    if may:
        sentence = f"the service may TRUNCATE {table}, which no policy binds"
        return failed(subject, sentence, severity=Severity.LOW, **STRUCTURAL)
    return passed(subject, f"no privilege to TRUNCATE {table} was granted to the service", **STRUCTURAL)


async def _doors(
    role: Any, context: Context | None, rows: tuple[Row, Row], held: list[str]
) -> AsyncIterator[Observation]:
    """Judge everything beside a table, without a user and in the transaction of one whose rows are not looked for."""
    hers, his = rows
    read: set[str] = set()
    open_: set[str] = set()
    for session in _sessions(context, hers):
        async with acting(role, session[0]):
            doors = await role.fetch(DOORS)
        for door in doors:
            found = [await _shows(role, session, call, held) for call in _calls(door, his)]
            shows = any(found) if set(found) != {None} else None
            if shows and door["name"] not in open_:
                open_.add(door["name"])
                yield _open(hers.table, door)
            elif shows is not None:
                read.add(door["name"])
    subject = f"{hers.table}: beside its policies"
    if not open_ and not read:
        yield skipped(subject, "not-seen", f"there is nothing to read beside {hers.table}")
    elif not open_:
        yield passed(subject, f"of {len(read)} relations and functions none shows rows of {hers.table}", **STRUCTURAL)


def _open(table: str, door: Any) -> Observation:
    """Return what was found; a copy is less than a door, as a service may need one for its work (an outbox)."""
    subject = f"{table}: {door['name']}"
    if door["argument"]:
        sentence = f"{door['name']}({door['argument']}) shows rows of {table} that its policies hide"
        return failed(subject, sentence, severity=Severity.MEDIUM, **STRUCTURAL)
    if door["derived"]:
        return failed(subject, f"{door['name']} shows rows of {table} that its policies hide", **STRUCTURAL)
    sentence = f"{door['name']} is under no policy and holds what the policies of {table} hide"
    return failed(subject, sentence, severity=Severity.MEDIUM, **STRUCTURAL)


def _sessions(context: Context | None, hers: Row) -> Iterator[tuple[str | None, str | None, str]]:
    """Walk the transactions that may not see the row: as which role, and with which setting."""
    yield None, None, ""
    if context is not None:
        yield context.role, None, ""
        yield context.role, context.setting, context.value(hers)


def _calls(door: Any, his: Row) -> list[tuple[str, list[str]]]:
    """Return how a door is read: as it is, or with each short value of a row as the argument that it needs."""
    if door["argument"] is None:
        return [(door["name"], [])]
    values = [
        str(value) for value in his.columns.values() if isinstance(value, str | int) and len(str(value)) <= LONGEST
    ]
    return [(f"{door['name']}($2::text::{door['argument']})", [value]) for value in values]


async def _shows(
    role: Any, session: tuple[str | None, str | None, str], call: tuple[str, list[str]], held: list[str]
) -> bool | None:
    """Return whether a relation or function shows what is looked for; None where it cannot be read."""
    import asyncpg  # noqa: PLC0415 -- an extra, offered as the feature `database`

    door, arguments = call
    with contextlib.suppress(asyncpg.PostgresError):
        async with acting(role, *session):
            await role.execute("SET TRANSACTION READ ONLY")
            return bool(await role.fetchval(HOLDS.format(door), held, *arguments))
    return None


def _held(row: Row, owned: Owned) -> list[str]:
    """Return what only this row says: the marker of its object, and its ciphertexts as PostgreSQL writes them."""
    texts = [value for value in row.columns.values() if isinstance(value, str)]
    sealed = [value.removeprefix("\\x") for value in texts if value.startswith("\\x")]
    long = [value for value in sealed if len(value) // 2 >= SEALED and len(value) // 2 not in DIGESTS]
    witness = owned.marker.witness
    return long + [witness] * any(witness in text for text in texts)
