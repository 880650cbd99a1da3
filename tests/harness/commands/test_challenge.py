"""How credentials are carried, learned from the refusal of a target whose document does not say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.commands.infer import infer_scenario
from tests.harness.openapi.documents import TEXT, document, operation, thing, variables

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from tests.targets.common.running import Stage

NOTE = thing("id", "title", id=TEXT, title=TEXT)
PATHS = {
    "/wipe": {"get": operation()},
    "/notes": {"get": operation({"type": "array", "items": NOTE}), "post": operation(NOTE, body=NOTE)},
    "/notes/{id}": {"parameters": variables("id"), "get": operation(NOTE)},
}


class Asking:
    """A service that refuses everything with one challenge, and counts what it is asked."""

    def __init__(self, challenge: str, status: int = 401) -> None:
        self.challenge, self.status, self.asked = challenge, status, list[str]()

    async def refuse(self, request: Request) -> Response:
        """Refuse, whatever it is."""
        self.asked.append(request.url.path)
        return JSONResponse({}, self.status, {"WWW-Authenticate": self.challenge})

    def application(self) -> Starlette:
        """Serve the document, and refuse the rest."""

        async def described(_request: Request) -> Response:
            return JSONResponse(document(PATHS))

        return Starlette(routes=[Route("/openapi.json", described), Route("/{path:path}", self.refuse)])


@pytest.mark.parametrize(
    ("challenge", "status", "template"),
    [
        ('Basic realm="notes"', 401, "Basic {credential}"),
        ('Digest realm="x", nonce="basic", Basic realm="y"', 401, "Basic {credential}"),
        ("bearer", 401, "Bearer {credential}"),
        ('Basic realm="notes"', 200, "Bearer {credential}"),
        ("Negotiate", 401, "Bearer {credential}"),
    ],
)
async def test_the_challenge_of_a_refusal_tells_the_scheme(
    theatre: Stage, tmp_path: Path, challenge: str, status: int, template: str
) -> None:
    """The first known scheme of a 401 is taken; only lists of own things are asked for, not what might do anything."""
    asking = Asking(challenge, status)
    found = await infer_scenario(theatre.show(asking.application()), tmp_path)
    assert found.scenario.users.credential.template == template
    assert asking.asked == ["/notes"]
    told = f"GET /notes answers 401 and asks for {template.partition(' ')[0]}"
    assert (told in found.text) == (status == 401 and "Negotiate" not in challenge)


@pytest.mark.parametrize(
    ("words", "template"),
    [
        ({"Token"}, "Token {credential}"),
        ({"JWT"}, "JWT {credential}"),
        ({"Bearer"}, "Bearer {credential}"),
        ({"Bearer", "Token"}, "Bearer {credential}"),
        (set[str](), "Bearer {credential}"),
    ],
)
async def test_a_refusal_tells_the_word_before_the_credential(
    theatre: Stage, tmp_path: Path, words: set[str], template: str
) -> None:
    """Where the document names a header and no word, the one is taken behind which garbage is refused otherwise."""
    scheme = {"it": {"type": "apiKey", "in": "header", "name": "Authorization"}}

    async def described(_request: Request) -> Response:
        return JSONResponse(document(PATHS, components={"securitySchemes": scheme}, security=[{"it": []}]))

    async def refuse(request: Request) -> Response:
        known = request.headers.get("authorization", "").partition(" ")[0] in words
        return JSONResponse({"detail": "no such token" if known else "no credential"}, 401)

    application = Starlette(routes=[Route("/openapi.json", described), Route("/{path:path}", refuse)])
    found = await infer_scenario(theatre.show(application), tmp_path)
    assert found.scenario.users.credential.template == template
