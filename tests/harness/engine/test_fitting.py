"""A schema that stands for what is sent and what is shown: whether the identifier may be sent, a round trip tells."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse

from harness import engine
from harness.checks.isolation.read_foreign_object import read_foreign_object
from harness.model import Outcome
from tests.harness.bench import options
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from harness.model import Run
    from tests.harness.notebook import Notebook

SENT = TOML.replace('json = { text = "{marker}" } }\nread', 'json = { id = "{uuid}", text = "{marker}" } }\nread')


WITH_BOXES = TOML.replace(
    '[[resource]]\nname = "thing"',
    '[[resource]]\nname = "box"\ncreate = { operation = "POST /boxes" }\nread = { operation = "GET /boxes/{box}" }\n\n'
    '[[resource]]\nname = "thing"',
)


MINTED = re.compile(r"\[users\.minted\].*?(?=\n\[)", re.DOTALL)
GIVEN = '[users.tokens]\nalice = "env:ALICE"\nbob = "env:BOB"\n'


def sent(request: Request) -> dict[str, str]:
    """Return the body of a creation, which the notebook has read before."""
    if (request.method, request.url.path) != ("POST", "/things"):
        return {}
    return dict(json.loads(request._body))


async def verified(url: str, notebook: Notebook, only_these: Callable[..., None]) -> Run:
    """Verify with one check whose creations send an identifier."""
    only_these(read_foreign_object)
    return await engine.verify(options(url, notebook, text=SENT))


def outcome(run: Run) -> Outcome:
    """Return what became of the one check."""
    return next(each.outcome for each in run.results if each.check.id == "isolation/read_foreign_object")


@pytest.mark.parametrize("status", [400, 403, 422])
async def test_an_identifier_that_only_the_service_may_choose_is_left_out(
    url: str, notebook: Notebook, only_these: Callable[..., None], status: int
) -> None:
    """What is left out, and why, is in the timeline."""

    def strict(request: Request) -> Response | None:
        return JSONResponse({"error": "id may not be set"}, status) if "id" in sent(request) else None

    notebook.instead = strict
    run = await verified(url, notebook, only_these)
    assert outcome(run) is Outcome.PASSED
    said = [step.sentence for step in run.timeline if step.phase == "fit"]
    assert said == [f"POST /things is answered {status}; without id it is accepted"]


async def test_an_identifier_that_is_taken_is_sent_and_another_one_each_time(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """One that was sent before is refused: no two objects have the same."""
    known: list[str] = []

    def unique(request: Request) -> Response | None:
        if not (body := sent(request)):
            return None
        refused = body.get("id", "") in {"", *known}
        known.append(body.get("id", ""))
        return JSONResponse({"error": "taken, or missing"}, 409) if refused else None

    notebook.instead = unique
    run = await verified(url, notebook, only_these)
    assert outcome(run) is Outcome.PASSED
    assert len(known) == len(set(known)) > 1
    assert not [step for step in run.timeline if step.phase == "fit"]


async def test_what_nobody_can_create_keeps_checks_from_nothing_else(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """The rest is judged: a leak is found, and without one the check stays open, never passed."""
    only_these(read_foreign_object)
    run = await engine.verify(options(url, notebook, text=WITH_BOXES))
    result = next(each for each in run.results if each.check.id == "isolation/read_foreign_object")
    assert {each.outcome for each in result.observations[:-1]} == {Outcome.PASSED}
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.observations[-1].sentence == "no box could be created: POST /boxes is answered 404"
    notebook.instead = lambda request: _to_everybody(notebook, request)
    assert outcome(await engine.verify(options(url, notebook, text=WITH_BOXES))) is Outcome.FAILED


def _to_everybody(notebook: Notebook, request: Request) -> Response | None:
    name = request.url.path.rpartition("/")[2]
    if request.method != "GET" or name not in notebook.things:
        return None
    return JSONResponse({"id": name, "text": notebook.things[name][1]})


async def test_a_creation_that_is_refused_either_way_stays_as_it_is_described(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """Nothing is known then, and the report shows what the scenario says."""
    notebook.instead = lambda request: JSONResponse({"error": "no"}, 403) if sent(request) else None
    run = await verified(url, notebook, only_these)
    assert outcome(run) is Outcome.INCONCLUSIVE
    tried = [each.request.body for each in run.exchanges if each.phase == "isolation/read_foreign_object"]
    assert [sorted(json.loads(body)) for body in tried] == [["id", "text"]]


async def test_what_a_given_user_may_have_one_of_only_is_set_aside(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """Each check would ask for another one, and stop there; of the rest it says what is known."""
    owners: list[str] = []

    def one_each(request: Request) -> Response | None:
        if (request.method, request.url.path) != ("POST", "/boxes"):
            return None
        owners.append(request.headers["authorization"])
        return JSONResponse({"id": len(owners)}, 409 if owners[-1] in owners[:-1] else 201)

    notebook.instead = one_each
    only_these(read_foreign_object)
    made = options(url, notebook, text=MINTED.sub(GIVEN, WITH_BOXES))
    tokens = {name.upper(): notebook.token(name) for name in ("alice", "bob")}
    run = await engine.verify(replace(made, generated=tokens))
    result = next(each for each in run.results if each.check.id == "isolation/read_foreign_object")
    assert {each.outcome for each in result.observations[:-1]} == {Outcome.PASSED}
    assert result.observations[-1].sentence == "no box could be created: POST /boxes is answered 409 to a second one"
