"""A notebook that is opened to everything that sends requests, and tempts each of it to another server."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, RedirectResponse, Response

from tests.harness.notebook import DOCUMENT, TOML, Notebook

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

LOUD = """
[limits]
requests = 30
window = 60
probe = { operation = "GET /me" }

[tracing]
header = "X-Request-ID"

[errors]
fields = ["error"]

[fuzz]
cases = 4

[load]
rate = 40
seconds = 1
users = 2
mix = [{ resource = "thing", verb = "list" }, { resource = "thing", verb = "read" }]
"""
SCENARIO = (
    TOML.replace('style = "offset", parameter = "offset", limit = "limit"', 'style = "link", next = "/next"') + LOUD
)


class Decoy:
    """A server that must not be hit: it counts."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count, and answer as if everything were fine."""
        self.hits[str(scope.get("path"))] += 1
        await JSONResponse({"items": [], "id": "decoy"})(scope, receive, send)


def tempting(decoy: str) -> Notebook:
    """Return a notebook whose document, redirects, pages and locations lead to the decoy.

    `by` counts who sent something: the generators say it in their own header.
    """
    document: dict[str, Any] = {**DOCUMENT, "servers": [{"url": decoy}]}
    document["paths"] = {**document["paths"], "/moved": {"get": {"responses": {"307": {"description": "elsewhere"}}}}}
    notebook = Notebook(document=document)

    def instead(request: Request) -> Response | None:
        if request.url.path == "/moved" or request.query_params.get("offset") == "harness":
            return RedirectResponse(f"{decoy}/redirected", 307)
        if request.method == "GET" and request.url.path == "/things":
            return _linked(notebook, request, decoy)
        return None

    notebook.instead = instead
    return notebook


def _linked(notebook: Notebook, request: Request, decoy: str) -> Response | None:
    answer = notebook.things_of(request)
    if answer is None:
        return None
    first = int(request.query_params.get("page", "0"))
    page = answer[first : first + 2]
    after = f"{decoy}/things?page={first + 2}" if first + 2 < len(answer) else None
    headers = {"Link": f'<{decoy}/things?page=2>; rel="next"', "Location": f"{decoy}/located"}
    return JSONResponse({"items": page, "total": len(answer), "next": after}, headers=headers)
