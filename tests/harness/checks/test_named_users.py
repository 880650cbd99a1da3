"""Paths that name the acting user: whoever puts another name there reaches nothing of that user's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse

from harness import engine
from harness.checks.isolation.create_for_another import create_for_another
from harness.model import Outcome
from tests.harness.bench import options
from tests.harness.notebook import TOML, Notebook

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from tests.targets.common.running import Stage

HOME = re.compile(r"^/homes/([^/]+)(/things.*)$")
THINGS = TOML[: TOML.index('[[resource]]\nname = "part"')]
HOMES = re.sub(
    r'operation = "(\w+) (/things[^"]*)"', r'path = { home = "{user}" }, operation = "\1 /homes/{home}\2"', THINGS
).replace(
    'path = { home = "{user}" }, operation = "GET /homes/{home}/things"\nitems', 'operation = "GET /things"\nitems'
)


@dataclass(kw_only=True)
class Homes(Notebook):
    """The things of a user are below a path that names the user; `open_for` are methods that do not look who asks."""

    open_for: frozenset[str] = frozenset()

    def _private(self, method: str, path: str, user: str, offset: str, body: bytes) -> Response:
        found = HOME.match(path)
        if found is None:
            return super()._private(method, path, user, offset, body)
        if found[1] != user and method not in self.open_for:
            return JSONResponse({"error": "not yours"}, 403)
        return super()._private(method, found[2], found[1], offset, body)


@pytest.mark.parametrize(
    ("open_for", "outcome"), [(frozenset(), Outcome.PASSED), (frozenset({"POST"}), Outcome.FAILED)]
)
async def test_nobody_creates_in_the_home_of_another(
    theatre: Stage, only_these: Callable[..., None], open_for: frozenset[str], outcome: Outcome
) -> None:
    """The request by which Alice creates a thing, sent by Bob."""
    homes = Homes(open_for=open_for)
    only_these(create_for_another)
    run = await engine.verify(options(theatre.show(homes), homes, text=HOMES))
    result = next(each for each in run.results if each.check.id == create_for_another.id)
    assert result.outcome is outcome, [each.sentence for each in result.observations]
    assert any("by the request that names her" in each.sentence for each in result.observations) == bool(open_for)
