"""Users stay alive: renewed by age and on an unexpected 401, and never where a refusal is wanted."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from starlette.responses import JSONResponse

from harness import engine
from harness.model import Request
from tests.harness.bench import lab, options
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from starlette.requests import Request as Asked
    from starlette.responses import Response

    from tests.harness.notebook import Notebook

ME = Request(method="GET", target="/me", operation="GET /me")
BASE, _, REST = TOML.partition("[users.minted]")
ACCOUNTS = (
    BASE
    + """[users.login]
operation = "POST /login"
json = { username = "{username}", password = "{password}" }
credential = "/token"
[users.accounts.alice]
username = "alice"
password = "env:NOTEBOOK_SECRET"
[users.accounts.bob]
username = "bob"
password = "env:NOTEBOOK_SECRET"
[users]"""
    + REST.partition("[users]")[2]
)


class Doorkeeper:
    """Gives tokens that hold for a while or until they are revoked, and counts those that it gave."""

    def __init__(self, notebook: Notebook, life: float) -> None:
        self.notebook, self.life, self.given = notebook, life, 0
        self.revoked: set[str] = set()

    def __call__(self, request: Asked) -> Response | None:
        """Answer a log-in, and refuse what is revoked."""
        if request.url.path == "/login":
            self.given += 1
            now = time.time()
            claims = {"iat": now, "exp": now + self.life, "jti": str(self.given)}
            return JSONResponse({"token": self.notebook.token("alice", **claims)})
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return JSONResponse({}, 401) if token in self.revoked else None

    def revoke_all(self) -> None:
        """Refuse every token that was seen until now."""
        self.revoked |= self.notebook.tokens


@pytest.fixture
def door(notebook: Notebook) -> Doorkeeper:
    """Tokens of an hour."""
    keeper = Doorkeeper(notebook, 3600)
    notebook.instead = keeper
    return keeper


async def test_an_unexpected_refusal_logs_in_once(url: str, notebook: Notebook, door: Doorkeeper) -> None:
    """A control that meets a 401 is sent again with a new credential, which all others share; the timeline says so."""
    async with engine.opened(options(url, notebook, text=ACCOUNTS)) as session:
        bench = lab(session)
        alice = await bench.user("alice")
        assert (await bench.send(alice, ME, purpose="control")).ok
        door.revoke_all()
        answers = await asyncio.gather(*(bench.send(alice, ME, purpose="control") for _ in range(5)))
        assert [answer.status for answer in answers] == [200] * 5
        assert door.given == 2
        assert (await bench.send(alice, ME, purpose="attempt")).ok
        assert session.renewals.told == ["alice has a new credential, because GET /me answered 401"]


async def test_a_refusal_that_is_wanted_stays_one(url: str, notebook: Notebook, door: Doorkeeper) -> None:
    """An attempt, and a forged token, are refused as they are; one that is refused for ever is asked for once."""
    async with engine.opened(options(url, notebook, text=ACCOUNTS)) as session:
        bench = lab(session)
        alice = await bench.user("alice")
        await bench.send(alice, ME, purpose="control")
        door.revoke_all()
        assert (await bench.send(alice, ME, purpose="attempt")).status == 401
        assert (await bench.send(alice, ME, purpose="control", forged="none")).status == 401
        assert door.given == 1
        notebook.instead = lambda request: door(request) or JSONResponse({}, 401)
        assert (await bench.send(alice, ME, purpose="control")).status == 401
        assert door.given == 2


async def test_a_session_of_its_own_is_never_renewed(url: str, notebook: Notebook, door: Doorkeeper) -> None:
    """A user that a check has logged in itself stays refused, whatever it asks."""
    async with engine.opened(options(url, notebook, text=ACCOUNTS)) as session:
        bench = lab(session)
        own = await session.introductions.login("carol", "carol", "secret")
        await bench.send(own, ME, purpose="control")
        door.revoke_all()
        assert (await bench.send(own, ME, purpose="control")).status == 401
        assert door.given == 1


async def test_a_token_that_ends_soon_is_replaced_before(url: str, notebook: Notebook, door: Doorkeeper) -> None:
    """By age, so that no attempt is refused for the wrong reason."""
    door.life = 60
    async with engine.opened(options(url, notebook, text=ACCOUNTS)) as session:
        bench = lab(session)
        alice = await bench.user("alice")
        await bench.send(alice, ME, purpose="control")
        session.renewals.now = lambda: time.time() + 45
        assert (await bench.send(alice, ME, purpose="attempt")).ok
        assert door.given == 2
        assert session.renewals.told == ["alice has a new credential, because its token is about to expire"]


async def test_what_we_sign_is_signed_again(url: str, notebook: Notebook) -> None:
    """A minted token near its end is replaced by one of the same user; one that a check wants to end is not."""
    async with engine.opened(options(url, notebook)) as session:
        bench = lab(session)
        alice = await bench.user("alice")
        brief = await bench.new_user("bob", {"exp": int(time.time()) + 2})
        later = time.time() + 3590
        session.renewals.now = lambda: later
        for user in (alice, brief):
            await bench.send(user, ME, purpose="attempt")
        ends: dict[str, list[Any]] = {}
        for token in notebook.tokens:
            claims = jwt.decode(
                token, notebook.secret, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False}
            )
            ends.setdefault(claims["sub"], []).append(claims["exp"])
        assert [each > later for each in ends[str(alice.subject)]] == [True]
        assert ends[str(brief.subject)] == [(brief.claims or {})["exp"]]


async def test_who_is_logged_out_comes_back_to_clean_up(url: str, notebook: Notebook, door: Doorkeeper) -> None:
    """What a user has made is removed by the user, though the session is over; whoever is gone is asked once."""
    async with engine.opened(options(url, notebook, text=ACCOUNTS)) as session:
        own = await session.introductions.login("carol", "carol", "secret")
        back = await session.renewals.returned(own)
        assert back is not None
        assert (back.name, back.token != own.token, door.given) == ("carol", True, 2)
        assert await session.renewals.returned(own) == back
        assert door.given == 2
        other = await session.introductions.login("dave", "dave", "secret")
        notebook.instead = lambda request: door(request) and JSONResponse({}, 401)
        assert await session.renewals.returned(other) is None
        assert await session.renewals.returned(other) is None
        assert door.given == 4
