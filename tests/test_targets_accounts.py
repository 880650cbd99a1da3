"""The accounts service over real HTTP: sound as it is, and visibly broken by each of its flaws."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.targets.accounts import state
from tests.targets.accounts.app import SERVICE, build
from tests.targets.accounts.further_probes import FURTHER
from tests.targets.accounts.parts import Parts
from tests.targets.accounts.probes import CHANGE
from tests.targets.accounts.probes import PROBES as USUAL
from tests.targets.accounts.world import ADMIN, World, login, sign_up
from tests.targets.common.flaws import load_flaws, switch_on
from tests.targets.common.running import Stage, stage

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVIRONMENT = {"ACCOUNTS_ADMINS": json.dumps(dict([ADMIN])), "ACCOUNTS_LOCKOUT_SECONDS": "0.5"}
FLAWS = load_flaws([SERVICE.flaws])
PROBES = {**USUAL, **FURTHER}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve the sound service once for all tests of this module."""
    with stage() as server:
        yield server.show(build(Parts(), ENVIRONMENT))


@pytest.fixture(scope="module")
def flawed() -> Iterator[Stage]:
    """Serve whatever application a test puts on."""
    with stage() as server:
        yield server


@pytest.fixture
def world(url: str) -> Iterator[World]:
    """Two users who are logged in, and what they own."""
    with World.of(url) as made:
        yield made


def test_every_flaw_has_a_probe() -> None:
    """No flaw is seeded that nobody has seen."""
    assert set(PROBES) == set(FLAWS)


@pytest.mark.parametrize("name", PROBES)
def test_the_sound_service_does_not_show_the_flaw(world: World, name: str) -> None:
    """What shows a flaw is not to be seen on the sound service."""
    assert not PROBES[name](world)


@pytest.mark.parametrize("name", FLAWS)
def test_the_flaw_can_be_seen(flawed: Stage, name: str) -> None:
    """A flaw that is switched on shows over HTTP."""
    with World.of(flawed.show(build(switch_on(Parts(), [name], FLAWS), ENVIRONMENT))) as made:
        assert PROBES[name](made)


@pytest.mark.parametrize("cookie", [None, "session=", "session=made-up", "session=\u00e9", "other=x"])
def test_without_a_live_session_every_private_operation_answers_401(world: World, cookie: str | None) -> None:
    """A missing, empty or made-up session is no session, and the answer is not for caches."""
    headers = [] if cookie is None else [(b"Cookie", cookie.encode("latin-1"))]
    for method, path in [("GET", "/me"), ("GET", "/items"), ("DELETE", world.item), ("GET", "/admin/users")]:
        response = world.nobody.request(method, path, headers=headers)
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Session")
        assert response.headers["cache-control"] == "no-store"
        assert response.json()["error"]["code"] == "unauthenticated"


def test_public_items_are_for_everybody_to_read_and_for_nobody_else_to_change(world: World) -> None:
    """What its owner published anybody reads and lists; changing it stays the owner's."""
    assert world.alice.http.post(f"{world.item}/publish").json()["visibility"] == "public"
    for reader in (world.nobody, world.bob.http):
        assert world.marker in reader.get(world.item).text
        assert world.marker in reader.get("/items/public", params={"per_page": 100}).text
    assert world.marker not in world.bob.http.get("/items").text
    assert world.bob.http.patch(world.item, json={"title": "x"}).status_code == 404
    assert world.bob.http.delete(world.item).status_code == 404
    assert world.alice.http.patch(world.item, json={"visibility": "private"}).status_code == 200
    assert world.nobody.get(world.item).status_code == 404


def test_a_change_of_password_ends_other_sessions_and_the_old_password(world: World) -> None:
    """Only the session that changed the password goes on, under a new token."""
    name, before = world.alice.username, world.alice.http.cookies["session"]
    with world.another_session(name) as other:
        assert world.alice.http.post("/me/password", json=CHANGE).status_code == 204
        assert world.alice.http.cookies["session"] != before
        assert world.alice.http.get("/me").status_code == 200
        assert other.get("/me").status_code == 401
    assert login(world.nobody, name).status_code == 401
    assert login(world.nobody, name, CHANGE["new_password"]).status_code == 200


def test_a_wrong_current_password_changes_nothing(world: World) -> None:
    """Whoever has only the session cannot change the password."""
    body = {**CHANGE, "current_password": "wrong"}
    assert world.alice.http.post("/me/password", json=body).status_code == 403
    assert login(world.nobody, world.alice.username).status_code == 200


def test_a_session_ends_by_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After twelve hours one has to log in again."""
    monkeypatch.setattr(state, "SESSION_SECONDS", 0)
    with world.another_session(world.alice.username) as late:
        assert late.get("/me").status_code == 401
    assert world.alice.http.get("/me").status_code == 200


def test_logging_out_ends_one_session(world: World) -> None:
    """Other sessions of the same user go on."""
    with world.another_session(world.alice.username) as other:
        assert other.post("/logout").status_code == 204
        assert other.get("/me").status_code == 401
    assert world.alice.http.get("/me").status_code == 200


def test_deleting_an_account_takes_everything_with_it(world: World) -> None:
    """Sessions, items and the profile are gone; the name can be used again."""
    world.alice.http.post(f"{world.item}/publish")
    with world.another_session(world.alice.username) as other:
        assert world.alice.http.delete("/me").status_code == 204
        assert other.get("/me").status_code == 401
    assert world.nobody.get(world.item).status_code == 404
    assert world.bob.http.get(f"/users/{world.alice.id}").status_code == 404
    assert login(world.nobody, world.alice.username).status_code == 401
    assert sign_up(world.nobody, world.alice.username).status_code == 201


def test_five_bad_passwords_lock_a_name_for_a_while(world: World) -> None:
    """Even the right password is refused then; afterwards it works. Unknown names are locked alike."""
    for name in (world.bob.username, f"{world.bob.username}-x"):
        assert [login(world.nobody, name, "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    refused = login(world.nobody, world.bob.username)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    time.sleep(0.6)
    assert login(world.nobody, world.bob.username).status_code == 200


def test_guessing_from_many_connections_gets_no_more_than_five_tries(world: World) -> None:
    """The lock-out counts tries that overlap, too."""
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: login(world.nobody, world.bob.username, f"wrong {n}"), range(32)))
    assert [answer.status_code for answer in answers].count(401) == 5


def test_only_administrators_list_accounts_and_set_roles(world: World) -> None:
    """A plain user gets 403; who was made an administrator may do it at once."""
    path = f"/admin/users/{world.alice.id}"
    assert world.bob.http.get("/admin/users").status_code == 403
    assert world.bob.http.patch(path, json={"role": "admin"}).status_code == 403
    with world.another_session(*ADMIN) as admin:
        assert admin.patch(path, json={"role": "admin"}).json()["role"] == "admin"
        assert admin.get("/admin/users", params={"per_page": 100}).json()["total"] >= 3
    assert world.alice.http.get("/admin/users").status_code == 200


def test_pages_hold_every_item_once(world: World) -> None:
    """`page` and `per_page` walk the list newest first; `total` and `pages` say how long it is."""
    made = [world.bob.http.post("/items", json={"title": f"t{n}"}).json()["id"] for n in range(4)]
    pages = [world.bob.http.get("/items", params={"page": n, "per_page": 2}).json() for n in (1, 2, 3, 4)]
    seen = [item["id"] for page in pages for item in page["items"]]
    assert seen[:4] == made[::-1]
    assert [len(page["items"]) for page in pages] == [2, 2, 1, 0]
    assert {(page["total"], page["pages"]) for page in pages} == {(5, 3)}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"title": 1}',
        b'{"title": null}',
        b'{"title": NaN}',
        b'{"title": "x", "title": "y"}',
        b'{"title": "\\ud800"}',
        b'{"title": "\xff"}',
        b'{"title": "x", "visibility": "secret"}',
        b'{"other": ' + b"9" * 5000 + b"}",
        b'{"other": 1e999}',
        b'{"other": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"title": "' + b"x" * 121 + b'"}',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_odd_bodies_are_422_and_change_nothing(world: World, body: bytes) -> None:
    """Whatever is wrong with a body, the answer is an error of the usual shape."""
    before = world.own()
    for method, path in (("POST", "/items"), ("PATCH", world.item)):
        headers = {"Content-Type": "application/json"}
        response = world.alice.http.request(method, path, content=body, headers=headers)
        assert response.status_code == 422
        assert response.json()["error"]["code"] == "invalid"
    assert world.own() == before


def test_any_character_round_trips(world: World) -> None:
    """What JSON can say is kept as it is, NUL and characters beyond the basic plane too."""
    title = "\x00 \u202e \U0001f600 e\u0301 \uffff"
    created = world.alice.http.post("/items", json={"title": title}).json()
    assert world.alice.http.get(f"/items/{created['id']}").json()["title"] == title


def test_a_body_that_is_too_large_is_refused(world: World) -> None:
    """More than 128 KiB is not even read to its end."""
    assert world.alice.http.post("/items", json={"title": "x", "body": "x" * 200_000}).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [("PUT", "/items", "GET, POST"), ("DELETE", "/items/public", "GET"), ("GET", "/login", "POST")],
)
def test_wrong_methods_are_405_and_say_what_is_offered(url: str, method: str, path: str, allow: str) -> None:
    """`Allow` names every method of the path, also where FastAPI has a route for each."""
    response = httpx.request(method, url + path, verify=False)
    assert (response.status_code, response.headers["allow"]) == (405, allow)
    assert response.json()["error"]["code"] == "method_not_allowed"


def test_a_name_that_is_taken_and_a_malformed_id_have_the_usual_shape(world: World) -> None:
    """409 and 404 are errors like all others."""
    assert sign_up(world.nobody, world.alice.username).json()["error"]["code"] == "name_taken"
    for path in ("/items/x", "/users/1", "/nothing"):
        response = world.alice.http.get(path)
        assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
