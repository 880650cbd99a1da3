"""Where the document of a target is found: by its own pages and headers, and never on another host."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response

from harness.commands.infer import NoDocument, infer_scenario
from harness.openapi.sources.script import held
from tests.harness.openapi.documents import document, operation
from tests.targets.common.running import Stage, stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

PLACE = "/hidden/away/openapi.json"


@pytest.fixture(scope="module")
def served() -> Iterator[Stage]:
    """A server on loopback."""
    with stage() as running:
        yield running


class Site:
    """A target that keeps its document somewhere, with pages as given, and counts what it was asked."""

    def __init__(self, pages: dict[str, Response]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a page, the document, or 404."""
        self.asked.append(scope["path"])
        found = self.pages.get(scope["path"], Response(status_code=404))
        if scope["path"] == PLACE:
            found = JSONResponse(document({"/notes": {"get": operation()}}))
        await found(scope, receive, send)


@pytest.mark.parametrize(
    "pages",
    [
        {"/": Response(status_code=404, headers={"Link": f'<{PLACE}>; rel="service-desc"'})},
        {"/docs": HTMLResponse(f"<script>SwaggerUIBundle({{ url: '{PLACE}', dom_id: '#ui' }})</script>")},
        {"/redoc": HTMLResponse('<redoc spec-url="../hidden/away/openapi.json"></redoc>')},
        {"/.well-known/api-catalog": JSONResponse({"linkset": [{"service-desc": [{"href": PLACE}]}]})},
    ],
    ids=["link", "swagger-ui", "redoc", "catalog"],
)
def test_a_page_or_header_leads_to_the_document(pages: dict[str, Response], served: Stage, tmp_path: Path) -> None:
    """What no usual place has is found by what the target says of itself."""
    found = asyncio.run(infer_scenario(served.show(Site(pages)), tmp_path))
    assert found.scenario.target.document == PLACE


def test_another_host_is_never_asked(served: Stage, tmp_path: Path) -> None:
    """A page that names the document of another host leads nowhere."""
    with stage() as other:
        decoy = Site({})
        away = other.show(decoy) + PLACE
        pages: dict[str, Response] = {"/": HTMLResponse(f"'{away}'", headers={"Link": f'<{away}>; rel="service-desc"'})}
        site = Site(pages)
        with pytest.raises(
            NoDocument,
            match=r"no OpenAPI document found \(\d+ other usual places were tried\): /openapi\.json answered 404",
        ):
            asyncio.run(infer_scenario(served.show(site), tmp_path))
    assert decoy.asked == []
    assert PLACE not in site.asked


def test_a_page_of_swagger_ui_may_hold_the_document_itself(served: Stage, tmp_path: Path) -> None:
    """Its script, as swagger-ui-express and NestJS serve it: JSON between other text."""
    told = json.dumps(document({"/notes": {"get": operation()}}))
    options = f'{{\n    "swaggerDoc": {told},\n    "customOptions": {{}}\n  }}'
    script = f"window.onload = function() {{\n  var options = {options};\n}};"
    pages = {
        "/api-docs/": HTMLResponse('<script src="./swagger-ui-init.js"></script>'),
        "/api-docs/swagger-ui-init.js": Response(script, media_type="application/javascript"),
    }
    found = asyncio.run(infer_scenario(served.show(Site(pages)), tmp_path))
    assert found.scenario.target.document == "/api-docs/swagger-ui-init.js"
    assert found.operations == 1


@pytest.mark.parametrize(
    "text", ['var options = {"swaggerDoc": {"openapi": ', '{"swaggerDoc": {"openapi": "3.1.0"}}', "swaggerDoc: 1"]
)
def test_a_script_that_holds_none_stays_what_it_is(text: str) -> None:
    """What is cut off, JSON as a whole, or no object is not taken for a document."""
    assert held(text) is None
