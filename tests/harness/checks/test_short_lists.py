"""A list of the newest things only, and users whom all checks share: what one creates hides what others look for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from harness import engine
from harness.model import Outcome
from tests.harness.bench import options
from tests.harness.notebook import TOML, Notebook

if TYPE_CHECKING:
    from tests.targets.common.running import Stage

NEWEST = 8
THINGS = TOML.partition('[[resource]]\nname = "part"')[0]
GIVEN = THINGS.replace('read = { operation = "GET /things/{thing}" }\n', "").replace(
    'total = "/total"\npagination = { style = "offset", parameter = "offset", limit = "limit" }\n', ""
)
START, END = GIVEN.index("[users.minted]"), GIVEN.index("[users]")
GIVEN = f'{GIVEN[:START]}[users.tokens]\nalice = "env:ALICE"\nbob = "env:BOB"\n\n{GIVEN[END:]}'


@dataclass(kw_only=True)
class Recent(Notebook):
    """Lists the newest things of a user, and has no way to ask for more."""

    @property
    def environment(self) -> dict[str, str]:
        """The tokens of the two users who are given."""
        return {"ALICE": self.token("alice"), "BOB": self.token("bob")}

    def _private(self, method: str, path: str, user: str, offset: str, body: bytes) -> Response:
        if (method, path) != ("GET", "/things"):
            return super()._private(method, path, user, offset, body)
        mine = [{"id": key, "text": text} for key, (owner, text) in self.things.items() if owner == user]
        return JSONResponse({"items": mine[: -NEWEST - 1 : -1]})


async def test_what_other_checks_create_is_no_finding(theatre: Stage) -> None:
    """Nothing fails, and isolation is verified all the same."""
    notebook = Recent()
    families = ("isolation", "integrity", "oracle", "authentication", "authorization")
    run = await engine.verify(options(theatre.show(notebook), notebook, text=GIVEN, only=families))
    outcomes = {each.check.id: each.outcome for each in run.results}
    assert Outcome.FAILED not in outcomes.values(), outcomes
    verified = ("list_foreign_objects", "delete_foreign_object", "same_content", "cache")
    assert {outcomes[f"isolation/{name}"] for name in verified} == {Outcome.PASSED}
