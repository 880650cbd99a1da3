"""What is inferred is tried by a user before anything rests on it."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.commands.infer import infer_scenario
from harness.commands.target import with_users
from tests.harness.openapi.documents import NUMBER, TEXT, document, operation, thing, variables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.requests import Request

    from tests.targets.common.running import Stage

NOTE = thing("id", "title", id=NUMBER | {"readOnly": True}, title=TEXT)
SCHEMES = {
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    "token": {"type": "apiKey", "in": "header", "name": "X-Token"},
}
LIST = {"type": "array", "items": NOTE}
PATHS: dict[str, Any] = {
    f"/{name}": {"get": operation(LIST), "post": operation(NOTE, body=NOTE, status="201")}
    for name in ("notes", "prices")
} | {
    f"/{name}/{{id}}": {"parameters": variables("id", schema=NUMBER), "get": operation(NOTE), "delete": operation()}
    for name in ("notes", "prices")
}


class Notes:
    """A service that two tokens open, in a header; it counts what is asked of it by whom."""

    def __init__(self) -> None:
        self.asked, self.notes = list[tuple[str, str]](), dict[int, str]()

    async def answer(self, request: Request) -> Response:
        """Let the two in, and nobody create prices."""
        self.asked.append((request.method, request.url.path))
        if request.headers.get("x-token") not in {"one-token", "other-token"}:
            return JSONResponse({"error": "who?"}, 403)
        if request.url.path.startswith("/prices") and request.method == "POST":
            return JSONResponse({"error": "no"}, 403)
        if request.method == "POST":
            number = len(self.asked)
            self.notes[number] = json.loads(await request.body())["title"]
            return JSONResponse({"id": number, "title": self.notes[number]}, 201)
        return JSONResponse([{"id": number, "title": title} for number, title in self.notes.items()])

    def application(self) -> Starlette:
        """Serve it."""

        async def described(_request: Request) -> Response:
            security: list[dict[str, list[str]]] = [{"session": []}, {"token": []}]
            return JSONResponse(document(PATHS, components={"securitySchemes": SCHEMES}, security=security))

        routes = [Route("/openapi.json", described)]
        routes += [Route(f"/{one}{rest}", self.answer, methods=["GET", "POST"]) for one, rest in _paths()]
        return Starlette(routes=routes)


def _paths() -> Iterator[tuple[str, str]]:
    yield from ((name, rest) for name in ("notes", "prices") for rest in ("", "/{id}"))


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what the command line says of two users."""
    monkeypatch.setenv("ALICE", "one-token")
    monkeypatch.setenv("BOB", "other-token")
    return ["alice=env:ALICE", "bob=env:BOB"]


async def test_the_carrier_that_lets_a_user_in_is_taken(theatre: Stage, tmp_path: Path, tokens: list[str]) -> None:
    """Of several schemes the first is for browsers; with given users nothing is written to find that out."""
    notes = Notes()
    url = theatre.show(notes.application())
    found = await infer_scenario(url, tmp_path, given=lambda scenario: with_users(scenario, tokens))
    assert found.scenario.users.credential.header == "X-Token"
    assert "credential: the security scheme token of the document, tried" in found.text
    assert {method for method, _ in notes.asked} == {"GET"}


async def test_without_trying_the_document_decides(theatre: Stage, tmp_path: Path, tokens: list[str]) -> None:
    """As for a dry run, or where nothing may be written."""
    url = theatre.show(Notes().application())
    found = await infer_scenario(url, tmp_path, given=lambda scenario: with_users(scenario, tokens), tries=False)
    assert found.scenario.users.credential.cookie == "sessionid"
    assert {"note", "price"} == {each["name"] for each in tomllib.loads(found.text)["resource"]}


ENTRY = {
    "type": "object",
    "required": ["username", "password"],
    "properties": {"username": TEXT, "password": TEXT, "invitation": TEXT, "group": TEXT, "nickname": TEXT},
}
TOKEN = {"type": "object", "properties": {"access_token": TEXT}}


@pytest.mark.parametrize("wants", ["group", "two", "nothing that it names"])
async def test_a_refused_sign_up_is_tried_with_what_the_refusal_names(
    theatre: Stage, tmp_path: Path, wants: str
) -> None:
    """Of two optional fields that a refusal names, one lets in; a field that it does not name is never sent."""
    sent: list[set[str]] = []
    needed = {"group": {"group"}, "two": {"group", "invitation"}}.get(wants, {"nickname"})

    async def sign_up(request: Request) -> Response:
        fields = set(json.loads(await request.body()))
        sent.append(fields)
        if not needed <= fields:
            said = "no" if needed == {"nickname"} else "invitation or group must be given"
            return JSONResponse({"detail": said}, 422)
        return JSONResponse({"access_token": "one-token"}, 201)

    async def described(_request: Request) -> Response:
        paths = {"/signup": {"post": operation(TOKEN, body=ENTRY, status="201")}, **PATHS}
        security: list[dict[str, list[str]]] = [{"token": []}]
        return JSONResponse(document(paths, components={"securitySchemes": SCHEMES}, security=security))

    routes = [Route("/openapi.json", described), Route("/signup", sign_up, methods=["POST"])]
    url = theatre.show(Starlette(routes=routes))
    found = await infer_scenario(url, tmp_path)
    assert found.scenario.users.signup is not None
    body = found.scenario.users.signup.body
    if wants == "nothing that it names":
        assert sent == [{"username", "password"}]
        assert set(body) == {"username", "password"}
    else:
        assert set(body) == {"username", "password"} | needed
        assert "which the refusal (422) of one without it names" in found.text


PEOPLE: dict[str, Any] = {
    "/login": {"post": operation({}, body=thing("username", "password", username=TEXT, password=TEXT), security=[])},
    "/signup": {"post": operation({}, body=thing("username", "password", username=TEXT, password=TEXT), security=[])},
    "/users/{user_id}": {
        "parameters": variables("user_id", schema=NUMBER),
        "get": operation(thing("id", id=NUMBER)),
        "patch": operation(thing("id", id=NUMBER), body=thing(name=TEXT)),
    },
}


@pytest.mark.parametrize("kind", ["knows its user", "for everybody", "another account"])
async def test_what_reads_an_account_by_its_identifier_stands_for_who_am_i(
    theatre: Stage, tmp_path: Path, kind: str
) -> None:
    """The log-in tells the identifier; what strangers read too, or what is about somebody else, tells nobody apart."""

    async def answer(request: Request) -> Response:
        if request.url.path == "/openapi.json":
            security: list[dict[str, list[str]]] = [{"token": []}]
            return JSONResponse(document(PEOPLE, components={"securitySchemes": SCHEMES}, security=security))
        if request.url.path == "/login":
            return JSONResponse({"token": "one-token", "user": {"id": 17}})
        if request.url.path == "/signup":
            return JSONResponse({"message": "welcome"}, 201)
        if kind != "for everybody" and request.headers.get("x-token") != "one-token":
            return JSONResponse({"error": "who?"}, 401)
        known = request.url.path == "/users/17"
        return JSONResponse({"id": 17 if kind != "another account" else 4}, 200 if known else 404)

    url = theatre.show(Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PATCH"])]))
    users = (await infer_scenario(url, tmp_path)).scenario.users
    if kind == "knows its user":
        assert users.whoami is not None
        assert (users.whoami.operation, users.whoami.path) == ("GET /users/{user_id}", {"user_id": "{user}"})
    else:
        assert users.whoami is None
