"""What is created is never found by a search: its index stays empty."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from harness.calibrate.middle import Asked, Middle
from harness.calibrate.sabotage._base import Sabotage
from harness.requests import MISSING, parsed

if TYPE_CHECKING:
    from harness.model import Response
    from harness.scenario import Scenario
    from harness.scenario.schema import ListCall


class Unindexed(Middle):
    """Empties the list in every answer to a search."""

    def __init__(self, scenario: Scenario) -> None:
        self._searches = [spec.search for spec in scenario.resource if spec.search is not None]

    async def tell(self, asked: Asked, response: Response) -> bytes:
        """Take everything out."""
        search = next((each for each in self._searches if _is(each, asked)), None)
        document = parsed(response.body)
        if search is not None and response.is_success and document is not MISSING:
            response = replace(
                response, headers=_unsized(response), body=json.dumps(_emptied(document, search)).encode()
            )
        return await super().tell(asked, response)


def _is(search: ListCall, asked: Asked) -> bool:
    """Whether a request is a search: its method, its path, and every parameter that makes a list into one."""
    method, _, path = search.operation.partition(" ")
    parts = urlsplit(asked.target)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    return (asked.method, parts.path) == (method, path) and all(given.get(name) for name in search.query)


def _emptied(document: Any, search: ListCall) -> Any:
    names = [name for name in search.items.split("/") if name]
    if not names or not isinstance(document, dict):
        return []
    emptied = {
        names[0]: _emptied(document.get(names[0]), search.model_copy(update={"items": "/".join(["", *names[1:]])}))
    }
    counted = {search.total.strip("/"): 0} if search.total and search.total.count("/") == 1 else {}
    return {**document, **emptied, **counted}


def _unsized(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in response.headers if name.lower() != "content-length")


SABOTAGE = Sabotage(
    title="Indexing never completes",
    middle=Unindexed,
    affects=lambda check: check.run is not None and "search" in check.needs.operations,
    applies=lambda scenario: any(spec.search for spec in scenario.resource),
)
