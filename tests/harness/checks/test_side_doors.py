"""Ways beside the documented ones: a method in a header, and lists that no document names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse, Response

from harness import engine
from harness.checks.isolation.hidden_lists import hidden_lists
from harness.checks.isolation.method_override import method_override
from harness.model import Outcome
from tests.harness.bench import options

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from harness.model import Check, Observation
    from tests.harness.notebook import Notebook


@dataclass(kw_only=True)
class Override:
    """Carries out a DELETE that the header of a POST names: for `anybody`, or the owner; may fail after the first."""

    notebook: Notebook
    anybody: bool = False
    fails: bool = False
    done: int = 0

    def __call__(self, request: Request) -> Response | None:
        """Delete, or let the notebook answer."""
        own = self.notebook.things_of(request)
        if self.fails and self.done and request.url.path != "/ready":
            return JSONResponse({}, 503)
        if own is None or request.method != "POST" or request.headers.get("x-http-method-override") != "DELETE":
            return None
        key = request.url.path.rpartition("/")[2]
        if not self.anybody and key not in {thing["id"] for thing in own}:
            return JSONResponse({}, 404)
        self.done += self.notebook.things.pop(key, None) is not None
        return Response(status_code=204)


@dataclass(kw_only=True)
class Export:
    """Has a list that no document names, of everything or of what one owns."""

    notebook: Notebook
    everything: bool

    def __call__(self, request: Request) -> Response | None:
        """Answer the export, or let the notebook answer."""
        own = self.notebook.things_of(request)
        if own is None or request.url.path != "/things/export":
            return None
        texts = (
            [text for _, text in self.notebook.things.values()] if self.everything else [each["text"] for each in own]
        )
        return Response("\n".join(texts), media_type="text/csv")


async def said(url: str, notebook: Notebook, only_these: Callable[..., None], check: Check) -> Observation:
    """Run the check, and return what it says of things."""
    only_these(check)
    run = await engine.verify(options(url, notebook))
    (found,) = [each for result in run.results if result.check.id == check.id for each in result.observations][:1]
    return found


async def test_a_post_is_a_post_where_nothing_says_otherwise(
    url: str, notebook: Notebook, only_these: Callable[..., None]
) -> None:
    """Without an override there is nothing to find, and nothing passes."""
    found = await said(url, notebook, only_these, method_override)
    assert (found.outcome, found.reason) == (Outcome.SKIPPED, "not-applicable"), found.sentence


@pytest.mark.parametrize(
    ("anybody", "fails", "outcome"),
    [(False, False, Outcome.PASSED), (True, False, Outcome.FAILED), (False, True, Outcome.INCONCLUSIVE)],
    ids=["the owner's", "anybody's", "a failing service"],
)
async def test_an_override_deletes_for_the_owner_alone(  # noqa: PLR0917 -- the case, and the fixtures
    url: str, notebook: Notebook, only_these: Callable[..., None], anybody: bool, fails: bool, outcome: Outcome
) -> None:
    """What an override deletes must be one's own; a service that fails afterwards has shown nothing."""
    notebook.instead = Override(notebook=notebook, anybody=anybody, fails=fails)
    found = await said(url, notebook, only_these, method_override)
    assert found.outcome is outcome, found.sentence


@pytest.mark.parametrize(
    ("everything", "outcome"),
    [(None, Outcome.SKIPPED), (False, Outcome.PASSED), (True, Outcome.FAILED)],
    ids=["none", "one's own", "everybody's"],
)
async def test_a_hidden_list_shows_what_one_owns(
    url: str, notebook: Notebook, only_these: Callable[..., None], everything: bool | None, outcome: Outcome
) -> None:
    """An export of one's own things is fine, one of everybody's is a leak, and none is no answer."""
    if everything is not None:
        notebook.instead = Export(notebook=notebook, everything=everything)
    found = await said(url, notebook, only_these, hidden_lists)
    assert found.outcome is outcome, found.sentence
