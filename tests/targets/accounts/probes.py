"""For each flaw of the accounts service a probe that says whether it can be seen."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tests.targets.accounts.world import World, login, sign_up

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx


def _deletes_anonymously(world: World) -> bool:
    world.nobody.delete(world.item)
    return not world.own()


def _changed_by_bob(method: str, suffix: str, member: str) -> Callable[[World], bool]:
    def probe(world: World) -> bool:
        before = world.own()
        body: dict[str, Any] = {"json": {"title": "written by bob"}} if method == "PATCH" else {}
        world.bob.http.request(method, world.item + suffix, **body)
        return bool(world.own().get(member) != before[member])

    return probe


def _password_set_by_bob(world: World) -> bool:
    world.bob.http.put(f"/users/{world.alice.id}/password", json={"password": "chosen by bob"})
    return login(world.nobody, world.alice.username, "chosen by bob").status_code == 200


def _callers_swap(world: World) -> bool:
    users = [world.alice, world.bob] * 150
    with ThreadPoolExecutor(16) as pool:
        names = list(pool.map(lambda user: user.http.get("/me").json()["username"], users))
    return names != [user.username for user in users]


def _total(world: World) -> int:
    return int(world.bob.http.get("/items").json()["total"])


def _counted(world: World) -> bool:
    before = _total(world)
    world.alice.http.post("/items", json={"title": "one more"})
    return _total(world) != before


def _bob_sets_roles(world: World) -> bool:
    return world.bob.http.patch(f"/admin/users/{world.alice.id}", json={"role": "admin"}).is_success


def _signs_up_as_admin(world: World) -> bool:
    return bool(sign_up(world.nobody, f"u-{secrets.token_hex(6)}", role="admin").json()["role"] == "admin")


def _promotes_oneself(world: World) -> bool:
    world.bob.http.patch("/me", json={"role": "admin"})
    return bool(world.bob.http.get("/me").json()["role"] == "admin")


def _created_for_alice(world: World) -> bool:
    world.bob.http.post("/items", json={"title": "planted", "owner_id": world.alice.id})
    return "planted" in world.alice.http.get("/items").text


def _moved_to_alice(world: World) -> bool:
    item = world.bob.http.get("/items").json()["items"][0]["id"]
    world.bob.http.patch(f"/items/{item}", json={"title": "planted", "owner_id": world.alice.id})
    return "planted" in world.alice.http.get("/items").text


def _outlives(method: str, path: str, body: dict[str, str] | None = None) -> Callable[[World], bool]:
    """Return whether a session that was there before still works after what Alice does with it."""

    def probe(world: World) -> bool:
        stolen = dict(world.alice.http.cookies)
        assert world.alice.http.request(method, path, json=body).status_code == 204
        headers = {"Cookie": f"session={stolen['session']}"}
        return world.nobody.get("/me", headers=headers).status_code == 200

    return probe


def _token(world: World) -> str:
    with world.another_session(world.alice.username) as client:
        return str(client.cookies["session"])


def _fixated(world: World) -> bool:
    chosen = secrets.token_hex(16)
    world.nobody.cookies.set("session", chosen)
    answer = login(world.nobody, world.alice.username)
    return answer.cookies["session"] == chosen


def _close_together(base: int) -> Callable[[World], bool]:
    def probe(world: World) -> bool:
        tokens = [_token(world), _token(world)]
        try:
            first, second = (int(token, base) for token in tokens)
        except ValueError:
            return False
        return 0 <= second - first < 60_000

    return probe


def _cookie_lacks(flag: str) -> Callable[[World], bool]:
    return lambda world: flag not in login(world.nobody, world.alice.username).headers["set-cookie"].lower()


def _names_told(world: World) -> bool:
    known = login(world.nobody, world.alice.username, "wrong")
    unknown = login(world.nobody, f"u-{secrets.token_hex(6)}", "wrong")
    return (known.status_code, known.content) != (unknown.status_code, unknown.content)


def _guesses_on(world: World) -> bool:
    for _ in range(5):
        login(world.nobody, world.bob.username, "wrong")
    return login(world.nobody, world.bob.username).status_code == 200


def _differs(world: World) -> bool:
    foreign = world.bob.http.get(world.item)
    unknown = world.bob.http.get("/items/00000000-0000-4000-8000-000000000000")
    return (foreign.status_code, foreign.content) != (unknown.status_code, unknown.content)


def _profile(world: World) -> httpx.Response:
    return world.bob.http.get(f"/users/{world.alice.id}")


def _nothing_found(world: World) -> object:
    return world.bob.http.get("/items", params={"search": secrets.token_hex(16)}).json()["items"]


def _deep(world: World) -> bool:
    content = b"[" * 20_000 + b"]" * 20_000
    headers = {"Content-Type": "application/json"}
    return world.bob.http.post("/items", content=content, headers=headers).status_code == 500


def _caching(world: World) -> str:
    return str(world.alice.http.get(world.item).headers.get("cache-control"))


CHANGE = {"current_password": "correct horse battery", "new_password": "another password"}

PROBES: dict[str, Callable[[World], bool]] = {
    "auth-missing-on-item-delete": _deletes_anonymously,
    "auth-missing-on-item-list": lambda world: world.nobody.get("/items").status_code == 200,
    "identity-header-trusted": lambda world: (
        world.alice.id in world.bob.http.get("/me", headers={"X-Remote-User": world.alice.username}).text
    ),
    "context-race": _callers_swap,
    "item-read-by-any-account": lambda world: world.marker in world.bob.http.get(world.item).text,
    "item-read-by-anybody": lambda world: world.marker in world.nobody.get(world.item).text,
    "item-list-leak": lambda world: world.marker in world.bob.http.get("/items").text,
    "item-search-leak": lambda world: world.marker in world.bob.http.get(f"/items?search={world.marker}").text,
    "private-items-in-public-list": lambda world: world.marker in world.nobody.get("/items/public").text,
    "item-update-foreign": _changed_by_bob("PATCH", "", "title"),
    "item-delete-foreign": _changed_by_bob("DELETE", "", "id"),
    "item-publish-foreign": _changed_by_bob("POST", "/publish", "visibility"),
    "account-change-foreign": lambda world: (
        world.bob.http.patch(f"/users/{world.alice.id}", json={"display_name": "written by bob"}).is_success
        and "written by bob" in world.alice.http.get("/me").text
    ),
    "account-password-foreign": _password_set_by_bob,
    "account-delete-foreign": lambda world: (
        world.bob.http.delete(f"/users/{world.alice.id}").is_success
        and login(world.nobody, world.alice.username).status_code == 401
    ),
    "item-count-leak": _counted,
    "admin-list-open": lambda world: world.bob.http.get("/admin/users").status_code == 200,
    "admin-roles-open": _bob_sets_roles,
    "role-assigned-at-sign-up": _signs_up_as_admin,
    "role-assigned-on-profile": _promotes_oneself,
    "item-owner-assigned-on-create": _created_for_alice,
    "item-owner-assigned-on-change": _moved_to_alice,
    "session-survives-password-change": _outlives("POST", "/me/password", CHANGE),
    "session-survives-logout": _outlives("POST", "/logout"),
    "session-survives-deletion": _outlives("DELETE", "/me"),
    "session-fixation": _fixated,
    "session-tokens-count-up": _close_together(10),
    "session-tokens-from-clock": _close_together(16),
    "cookie-without-httponly": _cookie_lacks("httponly"),
    "cookie-without-samesite": _cookie_lacks("samesite=lax"),
    "login-message-tells-names": _names_told,
    "login-status-tells-names": _names_told,
    "lockout-missing": _guesses_on,
    "oracle-403-for-foreign": _differs,
    "oracle-message-differs": _differs,
    "item-delete-noop": lambda world: world.alice.http.delete(world.item).is_success and bool(world.own()),
    "password-hash-in-own-account": lambda world: "scrypt$" in world.alice.http.get("/me").text,
    "password-hash-in-profile": lambda world: "scrypt$" in _profile(world).text,
    "email-in-profile": lambda world: "@mail.example" in _profile(world).text,
    "updated-at-missing": lambda world: "updated_at" not in world.own(),
    "items-null-for-empty": lambda world: _nothing_found(world) is None,
    "deleted-answers-200": lambda world: world.alice.http.delete(world.item).status_code == 200,
    "no-store-missing": lambda world: _caching(world) == "None",
    "cache-public": lambda world: "public" in _caching(world),
    "stack-trace-on-invalid-input": lambda world: "Error" in world.bob.http.post("/items", json={"title": ""}).text,
    "depth-unbounded": _deep,
    "stale-build": lambda world: world.nobody.get("/version").json()["commit"] != "9ac34e7",
}
