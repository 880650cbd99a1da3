"""What everybody may see by design is told from what is open by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse, Response

from harness import engine
from harness.engine.surveying import survey_openness
from harness.lab import READABLE
from harness.model import Outcome
from harness.scenario import parse_scenario
from tests.harness.bench import lab, options
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from starlette.requests import Request

    from tests.harness.notebook import Notebook

CHECKS = ("isolation/read_foreign_object", "isolation/list_foreign_objects", "isolation/foreign_marker")


def shown(notebook: Notebook, *, read: bool, list_: bool) -> None:
    """Let everybody read things, or list them, without a credential."""

    def instead(request: Request) -> Response | None:
        path = request.url.path
        if request.method == "GET" and path == "/things" and list_:
            everything = [{"id": key, "text": text} for key, (_, text) in notebook.things.items()]
            return JSONResponse({"items": everything, "total": len(everything)})
        key = path.removeprefix("/things/")
        if request.method == "GET" and read and key in notebook.things:
            return JSONResponse({"id": key, "text": notebook.things[key][1]})
        return None

    notebook.instead = instead


@pytest.mark.parametrize(
    ("read", "list_", "expected"),
    [(True, True, ["thing"]), (True, False, None), (False, True, None), (False, False, None)],
)
async def test_only_what_every_look_shows_is_taken_as_a_design(
    url: str, notebook: Notebook, read: bool, list_: bool, expected: list[str] | None
) -> None:
    """One open operation among closed ones is a mistake; who looks by each finds it, where it is a design."""
    shown(notebook, read=read, list_=list_)
    async with engine.opened(options(url, notebook)) as session:
        await survey_openness(session)
        assert session.facts.get(READABLE) == expected
        assert len(lab(session).private_with("create", "read")) == (expected is None)


async def test_what_lies_below_something_open_is_looked_at_too(url: str, notebook: Notebook) -> None:
    """Parts that everybody is shown below things that everybody is shown are a design as well."""
    shown(notebook, read=True, list_=True)
    things = notebook.instead

    def instead(request: Request) -> Response | None:
        if request.method == "GET" and request.url.path.endswith("/parts"):
            everything = [{"id": key, "text": text} for key, (_, text) in notebook.things.items()]
            return JSONResponse({"items": everything})
        return things(request)

    notebook.instead = instead
    text = TOML + '\n[resource.list]\noperation = "GET /things/{thing}/parts"\nitems = "/items"\n'
    async with engine.opened(options(url, notebook, text=text)) as session:
        await survey_openness(session)
        assert session.facts.get(READABLE) == ["thing", "part"]


async def test_what_is_open_by_a_guess_is_an_open_question(url: str, notebook: Notebook) -> None:
    """Nobody is accused of what may be a design, and nothing of it passes either."""
    shown(notebook, read=True, list_=True)
    run = await engine.verify(options(url, notebook, only=CHECKS))
    found = {result.check.id: result for result in run.results}
    assert found[CHECKS[0]].outcome is Outcome.INCONCLUSIVE
    assert "readable = true" in found[CHECKS[0]].observations[0].sentence
    assert found[CHECKS[2]].outcome is not Outcome.FAILED


async def test_what_is_declared_for_everybody_is_not_applicable(url: str, notebook: Notebook) -> None:
    """A scenario that says so settles it."""
    shown(notebook, read=True, list_=True)
    text = TOML.replace('name = "thing"\n', 'name = "thing"\nreadable = true\n')
    scenario = parse_scenario(text, where="test")
    assert [each.readable for each in scenario.resource] == [True, False]
    async with engine.opened(options(url, notebook, text=text)) as session:
        assert lab(session).private_with("create", "read") == ()


async def test_one_open_operation_is_still_found(url: str, notebook: Notebook) -> None:
    """A read that anybody may do, beside a list that nobody else sees, is a breach."""
    shown(notebook, read=True, list_=False)
    run = await engine.verify(options(url, notebook, only=CHECKS))
    found = {result.check.id: result.outcome for result in run.results}
    assert found[CHECKS[0]] is Outcome.FAILED
