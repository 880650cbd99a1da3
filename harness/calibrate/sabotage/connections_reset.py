"""Three connections in ten are reset before an answer comes, for each user."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from harness.calibrate.middle import Asked, Middle
from harness.calibrate.sabotage._base import Sabotage, acts

if TYPE_CHECKING:
    from harness.model import Response
    from harness.scenario import Scenario

OF = 10
LOST = frozenset({2, 5, 8})


class Resetting(Middle):
    """A line on which everybody loses as much: by chance, a check of few requests would lose nothing.

    What is sent again at once, because the connection had been used before, is lost again.
    """

    def __init__(self, scenario: Scenario) -> None:
        credential = scenario.users.credential
        self._carrier = "Cookie" if credential.cookie else credential.header or "Authorization"
        self._counts: Counter[str] = Counter()
        self._lost: dict[str, bytes] = {}

    async def ask(self, asked: Asked) -> Asked | Response | None:
        """Lose some of those that carry a credential."""
        user = asked.header(self._carrier)
        if user is None:
            return asked
        if self._lost.pop(user, b"") == asked.head:
            return None
        self._counts[user] += 1
        if self._counts[user] % OF not in LOST:
            return asked
        self._lost[user] = asked.head
        return None


SABOTAGE = Sabotage(title="30 % of connections are reset", middle=Resetting, affects=acts)
