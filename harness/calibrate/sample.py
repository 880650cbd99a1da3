"""What stands for the rest where time is short: the same in every calibration of the same cases.

A quick calibration leaves out what measures time, and many pairs of checks and flaws or hollow targets; beside that no
weakness, no service, no check and no target. What is named is tried in full.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from harness.calibrate.cases import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from harness.calibrate.cases import Case
    from harness.model import Check

WHOLE = frozenset({"open", "empty"})
"""Hollow targets that every check is tried on: access for all, and lists that isolation is "verified" with."""
ONE_OF = {Kind.HOLLOW: 3, Kind.BENIGN: 3}
"""Of so many checks one is tried on each case of a kind."""


def of_each_weakness(cases: Sequence[Case]) -> list[Case]:
    """Return the cases with one flaw of each weakness on each service, instead of all of them."""
    kept = standing(cases, lambda case: (case.subject, case.weakness))
    return [case for case in cases if case.kind is not Kind.FLAW or case.id in kept]


def standing(cases: Sequence[Case], alike: Callable[[Case], Hashable]) -> frozenset[str]:
    """Return the ids of the flaws that stand for those alike, and of all that are from outside."""
    chosen: dict[Hashable, Case] = {}
    flaws = [case for case in cases if case.kind is Kind.FLAW]
    for case in sorted(flaws, key=lambda case: _dice(case.name)):
        chosen.setdefault(case.id if case.outside else alike(case), case)
    return frozenset(case.id for case in chosen.values())


def thinned(cases: Sequence[Case], *, quick: bool) -> frozenset[str]:
    """Return the ids of the cases on which a share of the checks is tried.

    In full these are hollow targets that another service is imitated by as well, as what is empty there is empty here,
    and the harmless variants that concern no family more than the others.
    """
    imitated = next((case.subject for case in cases if case.kind is Kind.HOLLOW), "")
    return frozenset(
        case.id
        for case in cases
        if case.kind in ONE_OF
        and (quick or (not case.touches if case.kind is Kind.BENIGN else case.subject != imitated))
    )


def share(case: Case, checks: Sequence[Check]) -> list[Check]:
    """Return the checks that are tried on a case without a flaw: others on each case, but every watcher."""
    one_of = 1 if case.name in WHOLE else ONE_OF.get(case.kind, 1)
    return [check for check in checks if check.watch or _dice(f"{case.id} {check.id}") % one_of == 0]


def _dice(text: str) -> int:
    return zlib.crc32(text.encode())
