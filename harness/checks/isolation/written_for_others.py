"""Policies that let rows be written for others (CWE-863): WITH CHECK (true), or changes to rows that cannot be seen.

The reading half of a policy hides what its writing half lets in. In transactions of one user, which are rolled back,
a copy of a row is added for another user, rows are given away, and all are deleted (PostgreSQL, CREATE POLICY). It is
done in the table of the objects, and in those whose rows name them.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from harness.checks.isolation._policies import Context, Row, as_owner, connections, context_of, quoted, rows_of
from harness.expect import failed, inconclusive, passed, skipped
from harness.model import Nature, Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation

WRITABLE = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a'
"""
REFUSED = "42501"
"""The state of a statement that a policy, or a missing privilege, refuses."""
STRUCTURAL = {"nature": Nature.STRUCTURAL}


@check(
    severity=Severity.HIGH,
    catches=["rls.policy"],
    needs=Needs(users=2, operations=("create",), features=("database",)),
    owasp="API1:2023",
    cwe=863,
    mode="grey",
)
async def written_for_others(lab: Lab) -> AsyncIterator[Observation]:
    """In the transaction of one user, no row can be written for another one."""
    for resource in lab.private_with("create"):
        pair = [await resource.create(user) for user in await lab.two_users()]
        for verb in resource.looks:  # what is written later on is there once this shows
            await resource.seen(pair[1].owner, pair[1], verb)
        async with connections(lab) as (role, owner):
            hers, his = [await rows_of(owner, owned) for owned in pair]
            tables = [table for table in hers if table in his]
            if not tables:
                yield skipped(resource.name, "not-applicable", f"no row of a {resource.name} is under a policy")
            for table in tables:
                async for observation in _written(role, hers[table], his[table], own=table == tables[0]):
                    yield observation


async def _written(role: Any, hers: Row, his: Row, *, own: bool) -> AsyncIterator[Observation]:
    """Judge every way to write in one table; `own` is that of the objects themselves."""
    context = await context_of(role, hers, his)
    if context is None:
        sentence = f"no setting was found that shows a user the own row of {hers.table} and hides the other's"
        subject = f"{hers.table}: context"
        yield inconclusive(subject, "no-control", sentence) if own else skipped(subject, "not-seen", sentence)
        return
    yield await _added(role, context, hers, his)
    yield await _given_away(role, context, hers, his)
    yield await _deleted(role, context, hers, his)


async def _added(role: Any, context: Context, hers: Row, his: Row) -> Observation:
    """Judge whether a user may add a row for another; the same row for itself is the control."""
    subject = f"{hers.table}: added for another"
    control, own = await _add(role, context, hers, hers)
    if control is not None or own != 1:
        reason = "not-applicable" if control == REFUSED else "not-seen"
        return skipped(subject, reason, f"the service adds no copy of a row to {hers.table} ({control or own})")
    state, own = await _add(role, context, hers, his)
    if state == REFUSED:
        return passed(
            subject, f"a row of {hers.table} for another user is refused, for oneself it is not", **STRUCTURAL
        )
    if state is not None:
        return inconclusive(subject, "no-effect", f"adding a row to {hers.table} failed otherwise ({state})")
    if own:
        return passed(subject, f"a row of {hers.table} that is added for another user becomes one's own", **STRUCTURAL)
    return failed(subject, f"the policies of {hers.table} let a user add rows for another user", **STRUCTURAL)


async def _given_away(role: Any, context: Context, hers: Row, his: Row) -> Observation:
    """Judge whether a user may give rows away, or change rows that it does not see."""
    subject = f"{hers.table}: given to another"
    state, changed, seen, _ = await _change(role, context, hers, hers)
    if state is not None or not changed:
        return skipped(subject, "not-applicable", f"the service does not change the owner in {hers.table} ({state})")
    if changed > seen:
        sentence = f"the policies of {hers.table} let a user change {changed} rows, of which it sees {seen}"
        return failed(subject, sentence, **STRUCTURAL)
    state, _, before, after = await _change(role, context, hers, his)
    if state == REFUSED:
        return passed(subject, f"giving rows of {hers.table} to another user is refused", **STRUCTURAL)
    if state is not None:
        return inconclusive(subject, "no-effect", f"changing the owner in {hers.table} failed otherwise ({state})")
    if after >= before:
        return passed(subject, f"rows of {hers.table} that are given to another user stay one's own", **STRUCTURAL)
    return failed(subject, f"the policies of {hers.table} let a user give rows to another user", **STRUCTURAL)


async def _deleted(role: Any, context: Context, hers: Row, his: Row) -> Observation:
    """Judge whether a user may delete the row of another; that the own one can be deleted is the control."""
    subject = f"{hers.table}: deleted"
    state, own, others = await _delete(role, context, hers, his)
    if state is not None or own:
        return skipped(subject, "not-applicable", f"the service deletes no rows of {hers.table} ({state or own})")
    if not others:
        return failed(subject, f"the policies of {hers.table} let a user delete rows of another user", **STRUCTURAL)
    return passed(subject, f"a user who deletes all rows of {hers.table} deletes none of another user", **STRUCTURAL)


async def _add(role: Any, context: Context, hers: Row, receiver: Row) -> tuple[str | None, int]:
    """Add a copy of the row for a user; return the state of the error if there is one, and how many more she sees."""
    import asyncpg  # noqa: PLC0415 -- an extra, offered as the feature `database`

    copy = hers.columns | _owner(context, hers, receiver) | {hers.key: _another(hers.columns[hers.key])}
    names = await role.fetchval(WRITABLE, hers.table)
    statement = f"""INSERT INTO {hers.table} ({names}) OVERRIDING USER VALUE
        SELECT {names} FROM jsonb_populate_record(NULL::{hers.table}, $1::text::jsonb)"""  # noqa: S608 -- the catalogue's
    try:
        async with as_owner(role, context, hers):
            before = await _count(role, hers)
            await role.execute(statement, json.dumps(copy))
            return None, await _count(role, hers) - before
    except asyncpg.PostgresError as error:
        return str(error.sqlstate), 0


async def _change(role: Any, context: Context, hers: Row, receiver: Row) -> tuple[str | None, int, int, int]:
    """Give all rows to a user; return the state of the error, how many were changed, how many seen before and after.

    There is no WHERE: with one, the policies for SELECT would bind the changed row as well.
    """
    import asyncpg  # noqa: PLC0415 -- an extra, offered as the feature `database`

    given = _owner(context, hers, receiver)
    pairs = ", ".join(f"{quoted(name)} = given.{quoted(name)}" for name in given)
    statement = f"""UPDATE {hers.table} SET {pairs}
        FROM jsonb_populate_record(NULL::{hers.table}, $1::text::jsonb) AS given"""  # noqa: S608 -- the catalogue's
    try:
        async with as_owner(role, context, hers):
            before = await _count(role, hers)
            done = await role.execute(statement, json.dumps(given))
            return None, int(done.split()[-1]), before, await _count(role, hers)
    except asyncpg.PostgresError as error:
        return str(error.sqlstate), 0, 0, 0


async def _delete(role: Any, context: Context, hers: Row, his: Row) -> tuple[str | None, int, int]:
    """Delete all rows; return the state of the error, and how many of two rows their owners see afterwards.

    There is no WHERE, as above: policies for DELETE alone say what goes.
    """
    import asyncpg  # noqa: PLC0415 -- an extra, offered as the feature `database`

    try:
        async with as_owner(role, context, hers):
            await role.execute(f"DELETE FROM {hers.table}")  # noqa: S608 -- the catalogue's
            own = await _is_seen(role, hers)
            await role.execute("SELECT set_config($1, $2, true)", context.setting, context.value(his))
            return None, own, await _is_seen(role, his)
    except asyncpg.PostgresError as error:
        return str(error.sqlstate), 0, 0


async def _is_seen(role: Any, row: Row) -> int:
    statement = f"SELECT count(*) FROM {row.table} r WHERE r.{quoted(row.key)}::text = $1"  # noqa: S608 -- the catalogue's
    return int(await role.fetchval(statement, str(row.columns[row.key])))


async def _count(role: Any, row: Row) -> int:
    return int(await role.fetchval(f"SELECT count(*) FROM {row.table}"))  # noqa: S608 -- the catalogue's


def _owner(context: Context, hers: Row, receiver: Row) -> dict[str, Any]:
    """Return the columns that say whose the row is, as they are for the receiver."""
    user = hers.columns[context.column]
    return {name: receiver.columns[context.column] for name, value in hers.columns.items() if value == user}


def _another(key: Any) -> Any:
    """Return a key that no row has."""
    return secrets.randbelow(2**30) + 2**30 if isinstance(key, int) else str(uuid4())
