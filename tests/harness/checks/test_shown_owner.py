"""Whose an object is, where everybody finds it: who is shown as its owner, and nothing where nobody is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import jwt
import pytest
from starlette.responses import JSONResponse

from harness import engine
from harness.checks.isolation.create_for_another import create_for_another
from harness.model import Outcome
from tests.harness.bench import options
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from tests.harness.notebook import Notebook

CREATE = 'create = { operation = "POST /things", json = { text = "{marker}" } }'
WITHOUT_LIST = re.sub(r"\[resource\.list\].*?(?=\n\[)", "", TOML, flags=re.DOTALL)
OPEN = WITHOUT_LIST.replace(CREATE, "readable = true\n" + CREATE)
OWNED = WITHOUT_LIST.replace(CREATE, 'readable = true\nowner_field = "author"\n' + CREATE)
NAMED = OWNED.replace('text = "{marker}" } }\nread', 'text = "{marker}", author = "{user}" } }\nread')


def publishing(notebook: Notebook, *, believes: bool) -> None:
    """Show every thing to everybody with its author, who is the one that the creation names if it `believes` that."""
    shown: dict[str, dict[str, object]] = {}

    def instead(request: Request) -> Response | None:
        key = request.url.path.removeprefix("/things/")
        if request.method == "GET" and key in shown:
            return JSONResponse(shown[key])
        mine = notebook.things_of(request)
        if mine is None or (request.method, request.url.path) != ("POST", "/things"):
            return None
        sent = json.loads(request._body)
        token = request.headers["authorization"].removeprefix("Bearer ")
        maker = jwt.decode(token, options={"verify_signature": False})["sub"]
        named = sent.get("author") if believes else None
        key = str(len(shown) + 1)
        shown[key] = {"id": key, "text": sent["text"], "author": {"username": named or maker}}
        return JSONResponse(shown[key], 201)

    notebook.instead = instead


@pytest.mark.parametrize(
    ("text", "believes", "outcome"),
    [
        (OWNED, False, Outcome.PASSED),
        (OWNED, True, Outcome.FAILED),
        (NAMED, True, Outcome.SKIPPED),
        (OPEN, True, Outcome.SKIPPED),
    ],
)
async def test_who_is_shown_as_the_owner(  # noqa: PLR0917 -- the case, and the fixtures
    url: str, notebook: Notebook, only_these: Callable[..., None], text: str, believes: bool, outcome: Outcome
) -> None:
    """Nobody is accused where a caller has to name somebody, or nobody is shown."""
    publishing(notebook, believes=believes)
    only_these(create_for_another)
    run = await engine.verify(options(url, notebook, text=text))
    result = next(each for each in run.results if each.check is create_for_another)
    assert result.observations[0].outcome is outcome
