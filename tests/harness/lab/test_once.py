"""Actions that an object takes only once: a like that is there already, an order that is cancelled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from harness import engine
from harness.checks.authentication.missing_credential import missing_credential
from harness.checks.isolation.act_on_foreign_object import act_on_foreign_object
from harness.model import Outcome
from tests.harness.bench import options
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from tests.harness.notebook import Notebook

LIKE = re.compile(r"^/things/(?P<thing>[^/]+)/like$")
LIKES = TOML.replace(
    '[resource.list]\noperation = "GET /things"',
    """[[resource.action]]
operation = "POST /things/{thing}/like"
name = "like"

[[resource.action]]
operation = "DELETE /things/{thing}/like"
name = "no-like"

[resource.list]
operation = "GET /things\"""",
)


def liking(notebook: Notebook, *, guarded: bool = True, owners_only: bool = True) -> None:
    """Let things be liked once, and not liked once, by those who bring a token (`guarded`) or own them."""
    liked: set[str] = set()

    def instead(request: Request) -> Response | None:
        found, mine = LIKE.match(request.url.path), notebook.things_of(request)
        if found is None:
            return None
        if mine is None and guarded:
            return JSONResponse({"error": "unauthorized"}, 401)
        key = found["thing"]
        if key not in ({each["id"] for each in mine or ()} if owners_only and mine is not None else notebook.things):
            return JSONResponse({"error": "not found"}, 404)
        if (key in liked) is (request.method == "POST"):
            return JSONResponse({"error": "it is so already"}, 409)
        (liked.add if request.method == "POST" else liked.discard)(key)
        return Response(status_code=204)

    notebook.instead = instead


async def test_what_succeeds_once_is_verified(url: str, notebook: Notebook, only_these: Callable[..., None]) -> None:
    """The owner's success comes last, on an object of its own; before a DELETE there is something to take back."""
    liking(notebook)
    only_these(missing_credential, act_on_foreign_object)
    run = await engine.verify(options(url, notebook, text=LIKES))
    found = {result.check: result for result in run.results}
    assert [found[each].outcome for each in (missing_credential, act_on_foreign_object)] == [Outcome.PASSED] * 2
    tried = {each.operation for each in found[missing_credential].observations}
    assert {"POST /things/{thing}/like", "DELETE /things/{thing}/like"} <= tried


async def test_what_nobody_may_do_once_is_found(url: str, notebook: Notebook, only_these: Callable[..., None]) -> None:
    """A like without a credential succeeds on an object that its owner has not liked yet."""
    liking(notebook, guarded=False)
    only_these(missing_credential)
    run = await engine.verify(options(url, notebook, text=LIKES))
    seen = next(result for result in run.results if result.check is missing_credential).observations
    failed = {each.operation for each in seen if each.outcome is Outcome.FAILED}
    assert failed == {"POST /things/{thing}/like", "DELETE /things/{thing}/like"}


async def test_what_a_stranger_uses_up_is_found(url: str, notebook: Notebook, only_these: Callable[..., None]) -> None:
    """The owner cannot do again what a stranger has done, and that does not excuse it."""
    liking(notebook, owners_only=False)
    only_these(act_on_foreign_object)
    run = await engine.verify(options(url, notebook, text=LIKES))
    result = next(result for result in run.results if result.check is act_on_foreign_object)
    assert {each.outcome for each in result.observations} == {Outcome.FAILED}
