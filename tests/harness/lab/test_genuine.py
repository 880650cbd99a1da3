"""That something is behind the target is shown by an object, and by less only for who has shown it once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse, Response

from harness import engine
from harness.lab import Inconclusive, genuine
from tests.harness.bench import lab, options

if TYPE_CHECKING:
    from starlette.requests import Request

    from tests.harness.notebook import Notebook


async def test_who_may_create_no_more_was_seen_before(url: str, notebook: Notebook) -> None:
    """Alice had her one thing, and who-am-I still knows her; Bob was never seen, and Alice's token may end."""

    def full(request: Request) -> Response | None:
        return JSONResponse({"error": "enough"}, 409) if request.method == "POST" else None

    async with engine.opened(options(url, notebook)) as session:
        bench = lab(session)
        alice, bob = await bench.two_users()
        assert await genuine(bench, alice) is not None
        notebook.instead = full
        assert await genuine(bench, alice) is None
        with pytest.raises(Inconclusive):
            await genuine(bench, bob)
        notebook.instead = lambda _request: JSONResponse({"error": "gone"}, 409)
        with pytest.raises(Inconclusive):
            await genuine(bench, alice)
