"""One question asked of names that somebody has and of names that nobody has, and what tells the two apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from harness.checks.sessions._accounts import newcomer
from harness.expect import MISSING, differences
from harness.lab.resource import lookalike

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from harness.lab import Lab
    from harness.model import Exchange

FEW, MORE = 2, 4

Differences: TypeAlias = dict[str, tuple[str, str]]


async def compare(
    lab: Lab, ask: Callable[[str], Awaitable[Exchange]], count: int = FEW
) -> tuple[Differences, list[Exchange], list[Exchange]]:
    """Ask in turn with names that exist and names that do not, each only once: no name is locked by this."""
    names = [str((await newcomer(lab, "alice")).username) for _ in range(count)]
    nobody = [str(lookalike(name)) for name in (*names, names[0])]  # a form would refuse another shape
    unknown = [await ask(nobody[0])]
    known = []
    for name, stranger in zip(names, nobody[1:], strict=True):
        known.append(await ask(name))
        unknown.append(await ask(stranger))
    masks = [(name, "<name>") for name in (*nobody, *names)]
    each = [differences(exchange, unknown, names=masks) for exchange in known]
    common = set(each[0]).intersection(*each[1:])
    return {part: each[0][part] for part in sorted(common)}, known, unknown


async def confirmed(lab: Lab, ask: Callable[[str], Awaitable[Exchange]], found: Differences) -> Differences:
    """Return the differences that more names show again."""
    again = (await compare(lab, ask, MORE))[0] if found else {}
    return {part: values for part, values in found.items() if part in again}


def told(found: Differences) -> tuple[str, str, str]:
    """Return the part that differs most plainly, and what it is for a user and for a name that nobody has."""
    part = "status" if "status" in found else next(iter(found))
    mine, other = (("missing" if value == MISSING else value[:80]) for value in found[part])
    return part, mine, other
