"""Statements pasted together from what a caller sends, in a small service with a database."""

from __future__ import annotations

import json
import secrets
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness import engine
from harness.evidence.redact import Redactor
from harness.model import Outcome
from harness.scenario import parse_scenario
from tests.harness.openapi.documents import TEXT, document, operation, thing, variables

if TYPE_CHECKING:
    from starlette.requests import Request

    from tests.targets.common.running import Stage

PERSON = thing("name", name=TEXT)
ENTRY = thing("name", "password", name=TEXT, password=TEXT)
PATHS = {
    "/people": {"post": operation(PERSON, body=ENTRY, security=[])},
    "/people/{name}": {"parameters": variables("name"), "get": operation(PERSON, security=[])},
    "/login": {"post": operation(thing("token", token=TEXT), body=ENTRY, security=[])},
    "/me": {"get": operation(PERSON)},
}
SCHEME = {"securitySchemes": {"it": {"type": "http", "scheme": "bearer"}}}
TOML = """
name = "people"

[users]
whoami = { operation = "GET /me" }
whoami_id = "/name"
signup = { operation = "POST /people", json = { name = "{username}", password = "{password}" } }
login = { operation = "POST /login", json = { name = "{username}", password = "{password}" }, credential = "/token" }
"""
CHECKS = ("injection/sql_path", "injection/sql_login")


class People:
    """People with passwords in a table; the parts that are `pasted` build their statements from what was sent."""

    def __init__(self, *pasted: str) -> None:
        self.pasted, self.tokens = pasted, dict[str, str]()
        self.rows = sqlite3.connect(":memory:", check_same_thread=False)
        self.rows.execute("CREATE TABLE people (name TEXT PRIMARY KEY, password TEXT)")

    def find(self, part: str, statement: str, **values: str) -> tuple[str, ...] | None:
        """Run a statement with values bound, or pasted into it."""
        if part in self.pasted:
            text = statement.format(**{key: f"'{value}'" for key, value in values.items()})
            found = self.rows.execute(text).fetchone()
        else:
            found = self.rows.execute(statement.format(**{key: f":{key}" for key in values}), values).fetchone()
        return tuple(found) if found else None

    async def sign_up(self, request: Request) -> Response:
        """Add somebody."""
        body = json.loads(await request.body())
        self.rows.execute("INSERT INTO people VALUES (:name, :password)", body)
        return JSONResponse({"name": body["name"]})

    async def login(self, request: Request) -> Response:
        """Let in whom the table knows."""
        body = json.loads(await request.body())
        statement = "SELECT name FROM people WHERE name = {name} AND password = {password}"
        found = self.find("login", statement, name=body["name"], password=body["password"])
        token = secrets.token_hex(8)
        if found is not None:
            self.tokens[token] = found[0]
        return JSONResponse({"token": token} if found else {"error": "wrong"}, 200 if found else 401)

    async def read(self, request: Request) -> Response:
        """Show somebody, whoever asks."""
        statement = "SELECT name FROM people WHERE name = {name}"
        found = self.find("read", statement, name=request.path_params["name"])
        return JSONResponse({"name": found[0]}) if found else JSONResponse({"error": "nobody"}, 404)

    async def me(self, request: Request) -> Response:
        """Tell who asks."""
        name = self.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        return JSONResponse({"name": name}) if name else JSONResponse({"error": "no token"}, 401)

    def application(self) -> Starlette:
        """Serve it."""

        async def described(_request: Request) -> Response:
            return JSONResponse(document(PATHS, components=SCHEME, security=[{"it": []}]))

        return Starlette(
            routes=[
                Route("/openapi.json", described),
                Route("/people", self.sign_up, methods=["POST"]),
                Route("/people/{name}", self.read),
                Route("/login", self.login, methods=["POST"]),
                Route("/me", self.me),
            ]
        )


async def outcomes(url: str, only: tuple[str, ...] = CHECKS) -> dict[str, Outcome]:
    """Return what checks say of a service."""
    options = engine.Options(
        url=url,
        scenario=parse_scenario(TOML, where="people.toml"),
        scenario_text=TOML,
        folder=Path(),
        redactor=Redactor(),
        run_id="test",
        seed=1,
        only=only,
    )
    run = await engine.verify(options)
    return {result.check.id: result.outcome for result in run.results}


@pytest.mark.parametrize("pasted", [(), ("read",), ("login",)])
async def test_a_statement_that_takes_in_what_was_sent_is_found(theatre: Stage, pasted: tuple[str, ...]) -> None:
    """Conditions behind a name in a path, and names that close their quotes, are found where they are evaluated."""
    found = await outcomes(theatre.show(People(*pasted).application()))
    assert found["injection/sql_path"] is (Outcome.FAILED if "read" in pasted else Outcome.PASSED)
    assert found["injection/sql_login"] is (Outcome.FAILED if "login" in pasted else Outcome.PASSED)


async def test_what_shows_somebody_whatever_it_is_asked_for_passes_nothing(theatre: Stage) -> None:
    """Without a refusal of an unknown name there is no control."""

    class Mock(People):
        async def read(self, request: Request) -> Response:
            return JSONResponse({"name": request.path_params["name"]})

    found = await outcomes(theatre.show(Mock().application()))
    assert found["injection/sql_path"] is Outcome.INCONCLUSIVE


class Careless(People):
    """Takes what is no text for a password: operators are evaluated, or types are compared loosely."""

    def __init__(self, *kinds: type) -> None:
        super().__init__()
        self.kinds, self.failures = kinds, dict[str, int]()

    async def login(self, request: Request) -> Response:
        """Let in whom the table knows, and whoever brings such a thing; three failures lock a name."""
        body = json.loads(await request.body())
        if self.failures.get(body["name"], 0) >= 3:
            return JSONResponse({"error": "locked"}, 423)
        if isinstance(body["password"], str):
            answer = await super().login(request)
            self.failures[body["name"]] = self.failures.get(body["name"], 0) + (answer.status_code == 401)
            return answer
        if not isinstance(body["password"], self.kinds):
            return JSONResponse({"error": "no text"}, 422)
        token = secrets.token_hex(8)
        self.tokens[token] = body["name"]
        return JSONResponse({"token": token})


@pytest.mark.parametrize(
    ("kinds", "outcome"),
    [((), Outcome.PASSED), ((dict,), Outcome.FAILED), ((bool,), Outcome.FAILED), ((list,), Outcome.FAILED)],
)
async def test_what_is_no_text_opens_no_account(theatre: Stage, kinds: tuple[type, ...], outcome: Outcome) -> None:
    """Operators, and other types that a loose comparison takes for equal, are tried in place of a password."""
    found = await outcomes(theatre.show(Careless(*kinds).application()), ("injection/operator_login",))
    assert found["injection/operator_login"] is outcome


async def test_refusals_of_an_account_that_is_locked_say_nothing(theatre: Stage) -> None:
    """Afterwards the right password must still open it."""

    class Locking(Careless):
        async def login(self, request: Request) -> Response:
            body = json.loads(await request.body())
            if not isinstance(body["password"], str):
                self.failures[body["name"]] = 3
            return await super().login(request)

    found = await outcomes(theatre.show(Locking().application()), ("injection/operator_login",))
    assert found["injection/operator_login"] is Outcome.INCONCLUSIVE
