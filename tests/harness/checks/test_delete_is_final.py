"""What was deleted is gone, also from what a service remembers of earlier searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse

from harness import engine
from harness.checks.integrity.delete_is_final import delete_is_final
from harness.model import Outcome
from tests.harness.bench import options
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from harness.model import Observation
    from tests.harness.notebook import Notebook

SEARCHED = TOML.replace(
    '[[resource]]\nname = "part"',
    '[resource.search]\noperation = "GET /search"\nquery = { q = "{query}" }\nitems = "/items"\n\n'
    '[[resource]]\nname = "part"',
).replace('name = "thing"\n', 'name = "thing"\nsettle = 0.5\n', 1)


class Index:
    """A search beside a notebook that knows things `late` looks after they were made, and may remember answers."""

    def __init__(self, notebook: Notebook, *, late: int, remembers: str) -> None:
        self.notebook, self.late, self.remembers = notebook, late, remembers
        self.looks: dict[str, int] = {}
        self.kept: dict[str, list[dict[str, str]]] = {}

    def __call__(self, request: Request) -> Response | None:
        """Answer searches, and forget on writes what is to be forgotten."""
        if request.url.path != "/search":
            return None
        own = self.notebook.things_of(request)
        if own is None:
            return JSONResponse({}, 401)
        word = request.query_params["q"]
        if word not in self.kept:
            found = [thing for thing in own if word in thing["text"]]
            self.looks[word] = self.looks.get(word, 0) + 1
            shown = found if self.looks[word] > self.late else []
            if self.remembers == "nothing" or (self.remembers == "what it found" and not shown):
                return JSONResponse({"items": shown})
            self.kept[word] = shown
        return JSONResponse({"items": self.kept[word]})


async def searched(url: str, notebook: Notebook) -> Observation:
    """Run the check, and return what it says about the search."""
    run = await engine.verify(options(url, notebook, text=SEARCHED))
    said = [each for result in run.results for each in result.observations if each.operation == "GET /search"]
    assert len(said) == 1
    return said[0]


@pytest.mark.parametrize(
    ("late", "remembers", "outcome"),
    [
        (0, "nothing", Outcome.PASSED),
        (2, "nothing", Outcome.PASSED),
        (0, "what it found", Outcome.FAILED),
        (2, "what it found", Outcome.FAILED),
        (0, "everything", Outcome.FAILED),
    ],
)
async def test_remembered_answers_to_searches_are_seen(  # noqa: PLR0917 -- the case, and the fixtures
    url: str, notebook: Notebook, only_these: Callable[..., None], late: int, remembers: str, outcome: Outcome
) -> None:
    """A deleted object that a search goes on showing is FAILED, also where the index is slow."""
    notebook.instead = Index(notebook, late=late, remembers=remembers)
    only_these(delete_is_final)
    said = await searched(url, notebook)
    assert said.outcome is outcome, said.sentence


async def test_finding_nothing_too_early_is_not_held_against_the_object(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """Where an early empty answer is remembered, the check waits with another object before it looks at all."""
    index = Index(notebook, late=0, remembers="everything")
    made: set[str] = set()

    def slow(request: Request) -> Response | None:
        own = notebook.things_of(request) if request.url.path == "/search" else None
        made.update(thing["id"] for thing in own or [])
        if own is not None and len(made) <= 3:  # what the genuineness of the service is proved with, and the first pair
            index.kept.setdefault(request.query_params["q"], [])
        return index(request)

    notebook.instead = slow
    only_these(delete_is_final)
    said = await searched(url, notebook)
    assert said.outcome is Outcome.FAILED, said.sentence
