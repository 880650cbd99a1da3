"""The size of a page is ignored: everything comes at once, and no second page is ever seen."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.calibrate.middle import Asked, Middle
from harness.calibrate.sabotage._base import Sabotage

if TYPE_CHECKING:
    from harness.model import Response
    from harness.scenario import Scenario
    from harness.scenario.schema import ListCall

PAGES = frozenset({"isolation/paging", "isolation/cursor", "isolation/next_page"})
MOST = 100


class Generous(Middle):
    """Asks for as many as there can be, whatever a client wanted."""

    def __init__(self, scenario: Scenario) -> None:
        names = {call.pagination.limit for call in _lists(scenario) if call.pagination and call.pagination.limit}
        self._asked = re.compile(rf"([?&](?:{'|'.join(map(re.escape, names))})=)\d+".encode())

    async def ask(self, asked: Asked) -> Asked | Response | None:
        """Change the size."""
        first, end, rest = asked.head.partition(b"\r\n")
        return replace(asked, head=self._asked.sub(rb"\g<1>%d" % MOST, first) + end + rest)


def _lists(scenario: Scenario) -> list[ListCall]:
    return [call for spec in scenario.resource for call in (spec.listing, spec.search) if call is not None]


SABOTAGE = Sabotage(
    title="limit is ignored, so that page 2 never exists",
    middle=Generous,
    affects=lambda check: check.id in PAGES,
    applies=lambda scenario: any(call.pagination and call.pagination.limit for call in _lists(scenario)),
)
