"""What a refusal costs: an oracle is found, and a quota that refills as fast as it is asked is none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from harness import engine
from harness.checks.oracle.quota import quota
from harness.model import Outcome
from tests.harness.bench import options
from tests.harness.notebook import THING, TOML

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from tests.harness.notebook import Notebook

LIMIT = 1000
TEXT = (
    f"{TOML}\n[limits]\nrequests = {LIMIT}\nwindow = 3600\nprobe = {{ operation = 'GET /me' }}\n"
    "\n[limits.headers]\nremaining = 'X-RateLimit-Remaining'\n"
)


@dataclass(kw_only=True)
class Meter:
    """Tells with each answer about a thing what is left; a refusal costs what `cost` says of its number and target.

    What a user may read costs one, and with `refills` every second of these comes back.
    """

    notebook: Notebook
    cost: Callable[[int, bool], int]
    refills: bool = False
    read: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    spent: Counter[str] = field(default_factory=Counter)

    def __call__(self, request: Request) -> Response | None:
        """Answer as the notebook does, and charge for it."""
        found = THING.match(request.url.path)
        if request.method != "GET" or found is None:
            return None
        user, answer = request.headers.get("authorization", ""), self.notebook._answer(request, b"")
        if answer.status_code == 200:
            self.read[user] += 1
            self.spent[user] += -1 if self.refills and self.read[user] % 2 else 1
        else:
            self.refused[user] += 1
            self.spent[user] += self.cost(self.refused[user], found["thing"] in self.notebook.things)
        answer.headers["X-RateLimit-Remaining"] = str(LIMIT - self.spent[user])
        return answer


@pytest.mark.parametrize("refills", [False, True])
@pytest.mark.parametrize(
    ("cost", "outcome"),
    [
        pytest.param(lambda _number, _exists: 1, Outcome.PASSED, id="alike"),
        pytest.param(lambda number, _exists: number % 2, Outcome.PASSED, id="every second one refilled"),
        pytest.param(lambda number, _exists: 1 - number % 2, Outcome.PASSED, id="every other second one refilled"),
        pytest.param(lambda _number, exists: int(exists), Outcome.FAILED, id="what exists"),
        pytest.param(lambda _number, exists: 2 - exists, Outcome.FAILED, id="what does not exist"),
        pytest.param(lambda number, exists: 1 + exists - (number == 5), Outcome.FAILED, id="what exists, one refilled"),
        pytest.param(lambda number, _exists: 1 - (number == 5), Outcome.PASSED, id="alike, one refilled"),
    ],
)
async def test_only_a_cost_that_depends_on_what_exists_is_an_oracle(
    url: str,
    notebook: Notebook,
    only_these: Callable[..., None],
    *,
    cost: Callable[[int, bool], int],
    outcome: Outcome,
    refills: bool,
) -> None:
    """A pair of questions that takes as long as one request needs to come back must not look like two costs."""
    notebook.instead = Meter(notebook=notebook, cost=cost, refills=refills)
    only_these(quota)
    run = await engine.verify(options(url, notebook, text=TEXT, only=("oracle",)))
    result = next(each for each in run.results if each.check.id == "oracle/quota")
    assert result.outcome is outcome, [each.sentence for each in result.observations]
