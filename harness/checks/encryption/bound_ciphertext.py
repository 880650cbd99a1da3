"""Ciphertexts that are accepted out of their place, or changed (CWE-345, CWE-354; NIST SP 800-38D).

Each is moved to another object of another user and of the same one, to another column and to another owner, one bit of
it is turned, and a plain text takes its place: every reader must then be answered as if there were no such object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.checks.encryption._rows import Row, database, flipped, row_of, write
from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.model import Exchange, Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Observation

PLAIN = b'"as it was before there was any key"'
"""A text, and JSON of one."""
SETTLING = 5
"""Times that an object which changes by itself is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is put where, and who then reads which object."""

    what: str
    row: Row
    column: str
    value: Any
    before: Any
    read: Owned
    reader: Owned


@check(
    severity=Severity.HIGH,
    catches=["encryption.aad", "encryption.tag", "encryption.mismatch"],
    needs=Needs(users=2, operations=("create", "read"), features=("database",)),
    owasp="API1:2023",
    cwe=345,
    mode="grey",
)
async def bound_ciphertext(lab: Lab) -> AsyncIterator[Observation]:
    """A ciphertext that is moved or changed is answered like an object that does not exist."""
    for resource in lab.resources_with("create", "read"):
        alice, bob = await lab.two_users()
        hers, his, other = [await resource.create(user) for user in (alice, bob, bob)]
        async with database(lab) as connection:
            first, second, third = [await row_of(connection, owned) for owned in (hers, his, other)]
            if first is None or second is None or third is None:
                yield skipped(resource.name, "not-applicable", f"no ciphertext of a {resource.name} is in the database")
                continue
            async for observation in _move(resource, connection, (hers, first), (his, second), third):
                yield observation


async def _move(
    resource: BoundResource, connection: Any, hers: tuple[Owned, Row], his: tuple[Owned, Row], other: Row
) -> AsyncIterator[Observation]:
    shown = []
    for column, value in his[1].sealed.items():
        seen = await _seen(resource, connection, _change("one bit is turned", his, column, flipped(value, 20)))
        if isinstance(seen, Exchange):
            sentence = f"{resource.operation('read')} fails after {column} was put back ({status_of(seen)})"
            yield inconclusive(resource.name, "no-control", sentence, seen)
            return
        if seen:
            shown.append(column)
    if not shown:
        yield inconclusive(resource.name, "no-effect", f"no ciphertext of a {resource.name} is read by its operation")
        return
    for change in _changes(shown, hers, his, other):
        yield await _judge(resource, connection, change)


async def _seen(resource: BoundResource, connection: Any, change: Change) -> bool | Exchange:
    """Return whether a read tells that the column was changed; a read that fails afterwards is returned itself.

    The object may change by itself meanwhile, while it is indexed for example: only equal reads around are a measure.
    """
    before = await resource.read(change.reader.owner, change.read, purpose="control")
    for _ in range(SETTLING):
        answer = await _with(resource, connection, change)
        after = await resource.read(change.reader.owner, change.read, purpose="control")
        if not after.ok:
            return after
        if not answer.ok or before.body == after.body:
            return not answer.ok or answer.body != after.body
        before = after
    return False


def _changes(shown: list[str], hers: tuple[Owned, Row], his: tuple[Owned, Row], other: Row) -> list[Change]:
    """Return every change to be tried, each on a column that the operation reads; `other` is his as well."""
    made = []
    for column in shown:
        value = his[1].sealed[column]
        made += [
            _change(f"one bit of the {part} of {column} is turned", his, column, flipped(value, at))
            for part, at in (("nonce", 0), ("text", 20), ("tag", len(value) - 1))
        ]
        made.append(_change(f"{column} is a plain text", his, column, PLAIN))
        made.append(_change(f"{column} is another user's", his, column, hers[1].sealed[column]))
        if column in other.sealed:
            made.append(_change(f"{column} is another object's of the same user", his, column, other.sealed[column]))
        made += [
            _change(f"{column} is {name} of the same object", his, column, sealed)
            for name, sealed in his[1].sealed.items()
            if name != column
        ]
    owner = next((name for name, text in hers[1].texts.items() if text == hers[0].owner.subject), None)
    if owner is not None:
        made.append(
            Change(
                what="the object is given to another owner",
                row=hers[1],
                column=owner,
                value=his[0].owner.subject,
                before=hers[0].owner.subject,
                read=hers[0],
                reader=his[0],
            )
        )
    return made


def _change(what: str, his: tuple[Owned, Row], column: str, value: bytes) -> Change:
    owned, row = his
    return Change(what=what, row=row, column=column, value=value, before=row.sealed[column], read=owned, reader=owned)


async def _with(resource: BoundResource, connection: Any, change: Change) -> Exchange:
    """Read while the change is there, and undo it."""
    await write(connection, change.row, change.column, change.value)
    try:
        return await resource.read(change.reader.owner, change.read, purpose="attempt")
    finally:
        await write(connection, change.row, change.column, change.before)


async def _judge(resource: BoundResource, connection: Any, change: Change) -> Observation:
    operation, reader = resource.operation("read"), change.reader.owner
    about: dict[str, Any] = {"operation": operation, "users": (change.read.owner.name, reader.name)}
    subject = f"{resource.name}: {change.what}"
    answer = await _with(resource, connection, change)
    request = resource.request("read", change.read, identifier=resource.unknown_id(change.read))
    unknown = await resource.lab.send(reader, request, purpose="control")
    if answer.ok:
        return failed(subject, f"{change.what}, and {operation} answers {answer.status}", answer, unknown, **about)
    if answer.status != unknown.status:
        sentence = f"{change.what}: {operation} answers {answer.status}, to an unknown object {unknown.status}"
        return failed(subject, sentence, answer, unknown, **about)
    return passed(subject, f"{change.what}: {operation} answers {answer.status}, as to none", answer, unknown, **about)
