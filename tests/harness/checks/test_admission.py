"""Who may let somebody see a thing: its owner, who is the control, and nobody else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse

from harness import engine
from harness.checks.isolation.admission import admission
from harness.model import Outcome
from tests.harness.bench import options
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from tests.harness.notebook import Notebook

SHARED = TOML.replace(
    'name = "thing"\n',
    'name = "thing"\nadmit = { operation = "POST /things/{thing}/guests", query = { name = "{guest}" } }\n',
    1,
)
PATH = re.compile(r"^/things/([^/]+)(/guests)?$")


@dataclass(kw_only=True)
class Door:
    """Guests of things; `owners` let them in, others only where `open`, and `slow` asks the guests first."""

    notebook: Notebook
    open: bool = False
    owners: bool = True
    slow: bool = False
    guests: set[tuple[str, str]] = field(default_factory=set, init=False)

    def __call__(self, request: Request) -> Response | None:
        """Answer what is about guests, and what guests may read."""
        found = PATH.match(request.url.path)
        own = self.notebook.things_of(request)
        if found is None or own is None or found[1] not in self.notebook.things:
            return None
        key = found[1]
        mine = any(thing["id"] == key for thing in own)
        if not found[2]:
            guest = (key, self.notebook.name_of(request)) in self.guests
            return JSONResponse({"id": key, "text": self.notebook.things[key][1]}) if guest else None
        if not (mine and self.owners) and not self.open:
            return JSONResponse({"error": "not found"}, 404)
        if not self.slow:
            self.guests.add((key, request.query_params["name"]))
        return JSONResponse({}, 201)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({}, Outcome.PASSED),
        ({"open": True}, Outcome.FAILED),
        ({"owners": False}, Outcome.INCONCLUSIVE),
        ({"slow": True}, Outcome.SKIPPED),
        ({"slow": True, "open": True}, Outcome.SKIPPED),
    ],
)
async def test_a_stranger_lets_nobody_in(
    url: str, notebook: Notebook, only_these: Callable[..., None], said: dict[str, bool], outcome: Outcome
) -> None:
    """FAILED where he then reads it; where nobody is let in at once, nothing is proved."""
    notebook.instead = Door(notebook=notebook, **said)
    only_these(admission)
    run = await engine.verify(options(url, notebook, text=SHARED))
    result = next(each for each in run.results if each.check.id == admission.id)
    assert result.outcome is outcome, result.observations
