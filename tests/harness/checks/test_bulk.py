"""Many named at once: what is held against a service, and what is left open."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse

from harness import engine
from harness.checks.isolation.bulk import bulk
from harness.model import Outcome
from tests.harness.bench import options
from tests.harness.notebook import TOML, Notebook

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from tests.targets.common.running import Stage

READ = 'read = { operation = "GET /things/{thing}" }'
MANY = TOML.replace(
    READ, READ + '\nbulk = [{ name = "remove", operation = "POST /things/remove", json = { things = "{ids}" } }]'
)


@dataclass(kw_only=True)
class Shelf(Notebook):
    """Removes many things: `how` says which of them, or how it refuses."""

    how: str

    def _private(self, method: str, path: str, user: str, offset: str, body: bytes) -> Response:
        if path != "/things/remove":
            return super()._private(method, path, user, offset, body)
        named = [str(each) for each in json.loads(body)["things"]]
        own = [key for key in named if self.things.get(key, ("", ""))[0] == user]
        if self.how == "all or nothing" and len(own) < len(named):
            return JSONResponse({"error": "forbidden"}, 403)
        if self.how == "breaks" and len(own) < len(named):
            return JSONResponse({"error": "broken"}, 500)
        gone = {"nothing": [], "the first": own[:1], "any": named if own else []}.get(self.how, own)
        for key in gone:
            self.things.pop(key, None)
        return JSONResponse({"removed": len(gone)}, 409 if self.how == "refuses" else 200)


@pytest.mark.parametrize(
    ("how", "outcome", "says"),
    [
        ("own ones", Outcome.PASSED, "reaches the own ones (bob no longer finds it), and none of alice's"),
        ("all or nothing", Outcome.PASSED, "(403, 403, 403)"),
        ("any", Outcome.FAILED, "bob can remove alice's thing, named after an own one: alice no longer finds it"),
        ("nothing", Outcome.INCONCLUSIVE, "nothing shows what POST /things/remove does to each of two own ones"),
        ("the first", Outcome.INCONCLUSIVE, "nothing shows what POST /things/remove does to each of two own ones"),
        ("refuses", Outcome.INCONCLUSIVE, "bob cannot remove two own ones (409)"),
        ("breaks", Outcome.INCONCLUSIVE, "answers 500 to an identifier of alice's"),
    ],
)
async def test_each_identifier_is_looked_at(
    theatre: Stage, only_these: Callable[..., None], how: str, outcome: Outcome, says: str
) -> None:
    """What is done to own ones must show on each of them, before what is not done to others means anything."""
    shelf = Shelf(how=how)
    only_these(bulk)
    run = await engine.verify(options(theatre.show(shelf), shelf, text=MANY))
    result = next(each for each in run.results if each.check.id == bulk.id)
    assert result.outcome is outcome, [each.sentence for each in result.observations]
    assert any(says in each.sentence for each in result.observations), [each.sentence for each in result.observations]
