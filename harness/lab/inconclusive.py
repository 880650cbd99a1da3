"""How a control that does not hold ends a check."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.model import Exchange


class Inconclusive(Exception):
    """A check cannot say anything: `reason` is a code, the sentence says what was expected and what was found."""

    def __init__(self, reason: str, sentence: str, *exchanges: Exchange) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence
        self.exchanges = tuple(exchange.id for exchange in exchanges)
