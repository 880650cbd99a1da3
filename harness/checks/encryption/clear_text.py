"""What is encrypted where it belongs and stands in the clear beside it (CWE-311): in an index, a queue or a copy.

The word that only an object's owner has sent is looked for in every row that names the object. Where the object's own
row shows it, what it holds is not meant to be secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.checks._catalogue import NAMED
from harness.checks.encryption._rows import TABLES, database, row_of
from harness.expect import failed, passed, skipped
from harness.model import Nature, Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Identity, Observation

HOLDS = """
SELECT EXISTS (SELECT FROM {} r
WHERE {} AND (position($2 IN to_jsonb(r)::text) > 0 OR position($3 IN to_jsonb(r)::text) > 0))
"""


@check(
    severity=Severity.MEDIUM,
    catches=["encryption.clear-text"],
    needs=Needs(operations=("create",), features=("database",), waits=True),
    owasp="API8:2023",
    cwe=311,
    mode="grey",
)
async def clear_text(lab: Lab) -> AsyncIterator[Observation]:
    """What is encrypted in an object's row stands nowhere in the clear beside it."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.resources_with("create"):
        yield await _judge(lab, resource, user)


async def _judge(lab: Lab, resource: BoundResource, user: Identity) -> Observation:
    owned = await resource.create(user)
    for verb in resource.looks:  # by then what is done in the background is done
        await resource.seen(user, owned, verb)
    async with database(lab) as connection:
        row = await row_of(connection, owned)
        tables = [table["name"] for table in await connection.fetch(TABLES)]
        holding = [name for name in tables if await _holds(connection, name, owned)]
    if row is None or row.table in holding:
        return skipped(resource.name, "not-applicable", f"what a {resource.name} holds is not encrypted in its row")
    if holding:
        sentence = f"{holding[0]} holds in the clear what is encrypted in {row.table}"
        return failed(f"{resource.name}: {holding[0]}", sentence, owned.created, nature=Nature.STRUCTURAL)
    sentence = f"no row that names a {resource.name} holds in the clear what is encrypted in {row.table}"
    return passed(resource.name, sentence, owned.created, nature=Nature.STRUCTURAL)


async def _holds(connection: Any, table: str, owned: Owned) -> bool:
    """Say whether a row that names the object holds its secret word, as text or in bytes."""
    witness = owned.marker.witness
    statement = HOLDS.format(table, NAMED)
    return bool(await connection.fetchval(statement, str(owned.id), witness, witness.encode().hex()))
