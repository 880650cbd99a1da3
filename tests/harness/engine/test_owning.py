"""A field that bears the name of an owner is one where it shows its maker, and none where it shows what was written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse

from harness import engine
from harness.checks.authorization.mass_assignment import mass_assignment
from harness.model import Outcome
from tests.harness.bench import options
from tests.harness.notebook import TOML, Notebook

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from tests.targets.common.running import Stage

CREATE = 'create = { operation = "POST /things", json = { text = "{marker}" } }'
OWNED = TOML.replace(CREATE, 'owner_field = "author"\n' + CREATE)
WRITTEN = OWNED.replace('text = "{marker}" } }\nread', 'text = "{marker}", author = "somebody" } }\nread')


@dataclass(kw_only=True)
class Library(Notebook):
    """Shows an author of each thing: `says` is "what is written", "who makes it", both in this order, or nobody."""

    says: str
    authors: dict[str, str | None] = field(default_factory=dict)

    def _private(self, method: str, path: str, user: str, offset: str, body: bytes) -> Response:
        answer = super()._private(method, path, user, offset, body)
        shown = json.loads(bytes(answer.body) or b"{}")
        if "id" not in shown:
            return answer
        if method == "POST":
            written = json.loads(body).get("author") if "written" in self.says else None
            self.authors[shown["id"]] = written or (user if "makes" in self.says else None)
        return JSONResponse({**shown, "author": self.authors[shown["id"]]}, answer.status_code)


@pytest.mark.parametrize(
    ("text", "says", "why", "outcome"),
    [
        (WRITTEN, "what is written", "it is what the creation says", Outcome.PASSED),
        (OWNED, "what is written", "it is empty", Outcome.PASSED),
        (OWNED, "nobody", "it is empty", Outcome.PASSED),
        (OWNED, "who makes it", None, Outcome.PASSED),
        (OWNED, "what is written, or who makes it", None, Outcome.FAILED),
    ],
)
async def test_whether_a_field_shows_an_owner(  # noqa: PLR0917 -- the case, and the fixtures
    theatre: Stage, only_these: Callable[..., None], text: str, says: str, why: str | None, outcome: Outcome
) -> None:
    """Only where it shows who has made a thing, setting it is taken for giving the thing away."""
    library = Library(says=says)
    only_these(mass_assignment)
    run = await engine.verify(options(theatre.show(library), library, text=text))
    fitted = [step.sentence for step in run.timeline if step.phase == "fit"]
    assert fitted == ([f"author of a thing is not taken for its owner: {why}"] if why else [])
    assert next(each.outcome for each in run.results if each.check.id == mass_assignment.id) is outcome
