"""Ciphertexts beside an object, such as its chunks or versions, that are accepted out of their place (CWE-345).

They stand in rows that name the object, and are shown with it: one bit of one object's is turned, and others get what
is of another object of the same user, or of another user. An object with a turned bit is found no more, else nothing
reads it; then those with a ciphertext of another place must not be found either. Each is looked for but once, because
services remember what they have found.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.checks.encryption._rows import Row, database, flipped, parts_of, write
from harness.expect import failed, inconclusive, passed, skipped
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned, View
    from harness.model import Observation

MOST = 3
"""Columns that are tried: each takes three objects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A column beside the objects of a resource, and whose ciphertexts are put into it."""

    resource: BoundResource
    table: str
    column: str
    sources: dict[str, bytes]


@check(
    severity=Severity.HIGH,
    catches=["encryption.aad"],
    needs=Needs(users=2, operations=("create",), features=("database",), waits=True),
    owasp="API1:2023",
    cwe=345,
    mode="grey",
)
async def bound_parts(lab: Lab) -> AsyncIterator[Observation]:
    """A ciphertext that is moved to another object's part hides that part."""
    for resource in lab.resources_with("create"):
        if not resource.looks:
            yield skipped(resource.name, "not-applicable", f"nothing shows a {resource.name}")
            continue
        alice, bob = await lab.two_users()
        pair = [await resource.create(user) for user in (alice, bob)]
        for owned in pair:
            await resource.seen(owned.owner, owned, resource.looks[-1])
        async with database(lab) as connection:
            hers, his = [await parts_of(connection, owned) for owned in pair]
            parts = _parts(resource, hers, his)
            if not parts:
                yield skipped(resource.name, "not-applicable", f"no ciphertext stands beside a {resource.name}")
            for part in parts[:MOST]:
                yield await _judge(part, connection, pair[1])


def _parts(resource: BoundResource, hers: list[Row], his: list[Row]) -> list[_Part]:
    """Return the columns in which both users have a ciphertext."""
    theirs = {(row.table, column): value for row in hers for column, value in row.sealed.items()}
    return [
        _Part(
            resource=resource,
            table=row.table,
            column=column,
            sources={"another user's": theirs[row.table, column], "another object's of the same user": value},
        )
        for row in his
        for column, value in row.sealed.items()
        if (row.table, column) in theirs
    ]


async def _judge(part: _Part, connection: Any, plain: Owned) -> Observation:
    """Change one object each, and look for them in the way that does not find the one with the turned bit."""
    resource, name = part.resource, f"{part.table}.{part.column}"
    made = [await resource.create(plain.owner) for _ in range(1 + len(part.sources))]
    await asyncio.gather(*(resource.settle(owned) for owned in made))
    rows = [await _row(connection, part, owned) for owned in made]
    turned, changed = rows[0], rows[1:]
    if turned is None or None in changed:
        return inconclusive(name, "no-control", f"the database shows no {name} of a new {resource.name}")
    views = await _views(part, connection, made[0], turned, flipped(turned.sealed[part.column], 20))
    read = [
        verb
        for verb in resource.looks
        if not views[verb].found and (await resource.seen(plain.owner, plain, verb)).found
    ]
    if not read:
        return skipped(name, "not-seen", f"no operation on a {resource.name} reads {name}", *_last(views))
    for owned, row, (whose, value) in zip(made[1:], changed, part.sources.items(), strict=True):
        assert row is not None  # noqa: S101 -- none of them is
        seen = await _views(part, connection, owned, row, value)
        accepted = [view for verb, view in seen.items() if verb in read and view.found]
        if accepted:
            sentence = f"{name} is {whose}, and {accepted[0].operation} shows the {resource.name} with it"
            return failed(name, sentence, *_last(views), accepted[0].last)
    sentence = f"a {resource.name} is found no more by {' or '.join(read)} when its {name} is another object's"
    return passed(name, sentence, *_last(views), *_last(seen))


async def _row(connection: Any, part: _Part, owned: Owned) -> Row | None:
    rows = await parts_of(connection, owned)
    return next((row for row in rows if row.table == part.table and part.column in row.sealed), None)


async def _views(part: _Part, connection: Any, owned: Owned, row: Row, value: bytes) -> dict[str, View]:
    """Look for an object in every way while its part has another value, and put that back."""
    resource = part.resource
    await write(connection, row, part.column, value)
    try:
        return {verb: await resource.look(owned.owner, owned, verb, purpose="attempt") for verb in resource.looks}
    finally:
        await write(connection, row, part.column, row.sealed[part.column])


def _last(views: dict[str, View]) -> tuple[Any, ...]:
    return tuple(view.last for view in views.values())
