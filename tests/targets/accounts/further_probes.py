"""Probes for flaws of the accounts service that are those of others elsewhere, or in other words."""

from __future__ import annotations

import hashlib
import io
import secrets
import socket
import statistics
from contextlib import redirect_stderr
from typing import TYPE_CHECKING

from tests.targets.accounts.world import PASSWORD, World, login, sign_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.targets.accounts.world import User


def _session(world: World) -> str:
    return str(world.bob.http.cookies["session"])


def _names_alice(world: World) -> bool:
    cookie = {"Cookie": f"session={_session(world)}; username={world.alice.username}"}
    return world.alice.id in world.nobody.get("/me", headers=cookie).text


def _let_in_at_last(world: World) -> bool:
    for _ in range(5):
        login(world.nobody, world.bob.username, "wrong")
    return 200 in {login(world.nobody, world.bob.username).status_code for _ in range(2)}


def _administrator(world: World) -> bool:
    return bool(sign_up(world.nobody, f"u-{secrets.token_hex(6)}", is_admin="true").json()["role"] == "admin")


def _computable(world: World) -> bool:
    return _session(world) in {hashlib.md5(str(n).encode()).hexdigest() for n in range(1000, 2000)}


def _bearer(world: World) -> bool:
    return world.nobody.get("/me", headers={"Authorization": f"Bearer {_session(world)}"}).status_code == 200


def _takes_longer(world: World) -> bool:
    """Whether the median refusal takes more than twice as long for a name that somebody has."""
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(4):
        for known, taken in times.items():
            name = world.bob.username if known else f"u-{secrets.token_hex(6)}"
            taken.append(login(world.nobody, name, "wrong").elapsed.total_seconds())
    return statistics.median(times[True]) > 2 * statistics.median(times[False])


def _deleted_along(world: World) -> bool:
    content = {name: world.own()[name] for name in ("title", "body")}
    twin = world.bob.http.post("/items", json=content).json()
    world.bob.http.delete(f"/items/{twin['id']}")
    return not world.own()


def _written_over(world: World) -> bool:
    world.bob.http.post("/items", json={"title": "bob's", "id": world.own()["id"]})
    return not world.own()


def _listed_otherwise(world: World) -> bool:
    world.bob.http.patch(f"/items/{world.own()['id']}", json={"title": "bob's words"})
    return "bob's words" in world.alice.http.get("/items").text


def _let_in_by_an_operator(world: World) -> bool:
    form = {"username": world.bob.username, "password[$ne]": "x"}
    return world.nobody.post("/login", data=form).is_success


def _ids(world: World) -> list[str]:
    """Return the identifiers of an item of Bob's and of Alice's."""
    own = world.bob.http.post("/items", json={"title": "another of bob's"}).json()["id"]
    return [own, world.own()["id"]]


def _deletes(*numbers: int) -> Callable[[World], bool]:
    def deletes(world: World) -> bool:
        ids = _ids(world)
        world.bob.http.post("/items/delete", json={"item_ids": [ids[number] for number in numbers]})
        return not world.own()

    return deletes


def _looks_up(*numbers: int) -> Callable[[World], bool]:
    def looks_up(world: World) -> bool:
        ids = _ids(world)
        answer = world.bob.http.post("/items/lookup", json={"item_ids": [ids[number] for number in numbers]})
        return world.marker in answer.text

    return looks_up


def _below_own_name(world: World) -> bool:
    return world.marker in world.bob.http.get(f"/users/{world.bob.id}{world.item}").text


def _forgotten(world: World, name: str | None = None) -> str:
    return str(world.nobody.post("/password/forgotten", json={"username": name or world.alice.username}).text)


def _profile(user: User, **query: str) -> str:
    return str(user.http.get("/me", params=query).text)


def _written(world: World, user: User, **members: str) -> str:
    """Write a display name into one's own account, with other members beside, and return it."""
    user.http.patch("/me", json={"display_name": f"d{world.marker}", **members})
    return f"d{world.marker}"


def _card(user: User) -> str:
    return str(user.http.get("/cards").json()["cards"][0]["number"])


def _customer(user: User) -> str:
    return str(user.http.get("/me").json()["customer_number"])


def _answered_with_hers(world: World) -> bool:
    key = {"Idempotency-Key": secrets.token_hex(8)}
    hers = world.alice.http.post("/items", json={"title": world.marker, "body": ""}, headers=key)
    return hers.text == world.bob.http.post("/items", json={"title": "x", "body": ""}, headers=key).text


def _logged(world: World) -> bool:
    """Whether the log of the service, which the tests serve from their own process, holds the password."""
    with redirect_stderr(io.StringIO()) as log:
        login(world.nobody, world.bob.username)
    return PASSWORD in log.getvalue()


def _looked_at(world: World) -> bool:
    """Whether the service asks for what it was given as a link."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(1.0)
        link = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        world.bob.http.post("/items", json={"title": "x", "link": link})
        try:
            listener.accept()[0].close()
        except TimeoutError:
            return False
    return True


def _published(world: World) -> str:
    world.alice.http.post(f"{world.item}/publish")
    return world.item


FURTHER: dict[str, Callable[[World], bool]] = {
    "admin-by-header": lambda world: world.bob.http.get("/admin/users", headers={"X-Role": "admin"}).is_success,
    "card-of-anybody": lambda world: world.bob.http.get(f"/cards/{_card(world.alice)}").is_success,
    "hidden-list-of-items": lambda world: world.marker in world.bob.http.get("/admin/items").text,
    "hidden-list-of-people": lambda world: "@" in world.nobody.get("/debug/users").text,
    "hidden-page-of-administrators": lambda world: world.bob.http.get("/admin/stats").is_success,
    "identity-cookie-trusted": _names_alice,
    "item-below-own-name": _below_own_name,
    "item-delete-by-content": _deleted_along,
    "item-export-leak": lambda world: world.marker in world.bob.http.get("/items/export").text,
    "item-id-assigned-on-create": _written_over,
    "item-link-fetched": _looked_at,
    "item-kept-by-key-alone": _answered_with_hers,
    "item-search-operator": lambda world: world.marker in world.bob.http.get("/items?search[$gt]=").text,
    "item-update-foreign-in-list": _listed_otherwise,
    "items-below-any-user": lambda world: world.marker in world.bob.http.get(f"/users/{world.alice.id}/items").text,
    "items-delete-first-checked": _deletes(0, 1),
    "items-delete-foreign": _deletes(1),
    "items-lookup-any-checked": _looks_up(1, 0),
    "items-lookup-foreign": _looks_up(1),
    "lockout-by-spelling": _let_in_at_last,
    "login-password-logged": _logged,
    "login-password-operator": _let_in_by_an_operator,
    "login-time-tells-names": _takes_longer,
    "password-any-case": lambda world: login(world.nobody, world.bob.username, PASSWORD.swapcase()).is_success,
    "points-of-any-customer": lambda world: world.bob.http.get(f"/points/{_customer(world.alice)}").is_success,
    "private-in-public-list-of-newest": lambda world: world.marker in world.nobody.get("/items/public").text,
    "profile-by-parameter": lambda world: world.alice.username in _profile(world.bob, user_id=world.alice.id),
    "profile-of-another-caller": lambda world: _written(world, world.alice) in _profile(world.bob),
    "profile-written-by-id": lambda world: _written(world, world.bob, id=world.alice.id) in _profile(world.alice),
    "forgotten-tells-names": lambda world: "no such account" in _forgotten(world, "u-nobody"),
    "public-item-changed-by-anybody": lambda world: (
        world.bob.http.patch(_published(world), json={"title": "bob's"}).is_success
    ),
    "public-item-deleted-by-anybody": lambda world: world.bob.http.delete(_published(world)).is_success,
    "reset-code-answered": lambda world: "pin" in _forgotten(world),
    "role-assigned-by-flag": _administrator,
    "session-in-header": _bearer,
    "session-in-query": lambda world: world.nobody.get("/me", params={"session": _session(world)}).is_success,
    "session-tokens-hash-of-counter": _computable,
    "settings-file-served": lambda world: "PASSWORD" in world.nobody.get("/.env").text,
}
