"""Answers to two kinds of questions, asked in pairs and in random order within each, compared by the time they took.

Drift meets both kinds alike. A difference counts when it is improbable (Mann and Whitney, alpha 1e-4) and large enough
to be used; checks then look for it in a second, independent sample.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.statistics import mann_whitney

if TYPE_CHECKING:
    from harness.model import Exchange

ALPHA = 1e-4
SMALLEST = 0.008
NOTABLE = 0.002
Z = 3.72
EFFICIENCY = 0.955


@dataclass(slots=True, kw_only=True)
class Pairs:
    """The answers about what exists, and those about what does not; times are seconds."""

    known: list[Exchange] = field(default_factory=list)
    unknown: list[Exchange] = field(default_factory=list)

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self.known)

    @property
    def difference(self) -> float:
        """How much longer the median answer takes about what exists."""
        return statistics.median(_seconds(self.known)) - statistics.median(_seconds(self.unknown))

    @property
    def needed(self) -> int:
        """How many pairs show the smallest difference that matters, by the spread of the unknown answers."""
        middle = statistics.median(_seconds(self.unknown))
        spread = 1.4826 * statistics.median(abs(each - middle) for each in _seconds(self.unknown))
        return int(2 * (2 * Z * spread / SMALLEST) ** 2 / EFFICIENCY) + 1

    @property
    def differs(self) -> bool:
        """Whether the two are told apart by more than chance and by enough to be used."""
        p = mann_whitney(_seconds(self.unknown), _seconds(self.known)).p
        return p < ALPHA and abs(self.difference) >= NOTABLE

    def shown_again(self, again: Pairs) -> bool:
        """Whether another sample differs too, and in the same direction."""
        return again.differs and (again.difference > 0) == (self.difference > 0)

    def extend(self, more: Pairs) -> None:
        """Take in another sample."""
        self.known += more.known
        self.unknown += more.unknown


def _seconds(exchanges: list[Exchange]) -> list[float]:
    return [exchange.done - exchange.sent for exchange in exchanges]
