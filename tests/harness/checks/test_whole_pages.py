"""A list of which small pages leave something out, and lists that number their pages otherwise than was inferred."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse

from harness import engine
from harness.checks.integrity.whole_pages import whole_pages
from harness.model import Outcome
from tests.harness.bench import options
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from tests.harness.notebook import Notebook

SKIPS = "one thing between two pages"
COUNTS_PAGES = "offset counts pages"
FIXED = "the size of a page is fixed"


class Pages:
    """The list of a notebook in pages; `how` says what is special about them."""

    def __init__(self, notebook: Notebook, how: str) -> None:
        self.notebook, self.how = notebook, how

    def __call__(self, request: Request) -> Response | None:
        """Answer a page."""
        own = self.notebook.things_of(request)
        if (request.method, request.url.path) != ("GET", "/things") or own is None:
            return None
        offset, limit = (int(request.query_params.get(name, usual)) for name, usual in (("offset", 0), ("limit", 2)))
        limit = 50 if self.how == FIXED else limit
        first = offset * limit if self.how == COUNTS_PAGES else offset
        first += self.how == SKIPS and offset > 0
        return JSONResponse({"items": own[first : first + limit], "total": len(own)})


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ("", Outcome.PASSED),
        (SKIPS, Outcome.FAILED),
        (COUNTS_PAGES, Outcome.SKIPPED),
        (FIXED, Outcome.SKIPPED),
    ],
)
async def test_what_one_page_shows_is_on_several(
    url: str, notebook: Notebook, only_these: Callable[..., None], how: str, outcome: Outcome
) -> None:
    """What the scenario has wrong about the pages is no finding."""
    notebook.instead = Pages(notebook, how)
    only_these(whole_pages)
    run = await engine.verify(options(url, notebook, text=TOML))
    result = next(each for each in run.results if each.check.id == whole_pages.id)
    seen = next(each for each in result.observations if each.operation == "GET /things")
    assert seen.outcome is outcome, seen.sentence
