"""What a document leaves open of a thing: all that shows it, an index of it, or an operation among private ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.openapi.inference.families import Family

LOOKS = ("read", "list", "search")
CHANGES = ("update", "delete", "action", "bulk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Openness:
    """`readable`: everybody may see such a thing, by design; `index`: operations that list what only its owner reads.

    `private` are operations that ask for no credential and stand among others that do: a forgotten one looks like that.
    """

    readable: bool = False
    index: frozenset[str] = frozenset()
    private: frozenset[str] = frozenset()


def openness(family: Family) -> Openness:
    """Return what the document leaves open; nothing where making such a thing needs no credential either."""
    if not all(one.secured for one in family.operations.get("create", ())):
        return Openness()
    looks = [one for verb in LOOKS for one in family.operations.get(verb, ())]
    changes = [one for verb in CHANGES for one in family.operations.get(verb, ())]
    forgotten = {one.id for one in changes if one.secured is False and one.method != "GET"}
    if looks and all(one.secured is False for one in looks):
        return Openness(readable=True, private=frozenset(forgotten))
    reads = family.operations.get("read", ())
    lists = [one for one in looks if one not in reads]
    if reads and all(one.secured for one in reads):
        return Openness(index=frozenset(one.id for one in lists if one.secured is False), private=frozenset(forgotten))
    return Openness(private=frozenset(forgotten | {one.id for one in reads if one.secured is False}))
