"""Users of a running accounts service, each with a session, and what they own."""

from __future__ import annotations

import secrets
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "correct horse battery"
ADMIN = ("root", "root has a password")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who is logged in."""

    username: str
    id: str
    http: httpx.Client


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Alice with a private item that holds an unguessable marker, Bob with an item of his own, and nobody."""

    alice: User
    bob: User
    nobody: httpx.Client
    marker: str
    item: str

    @classmethod
    @contextmanager
    def of(cls, url: str) -> Iterator[World]:
        """Sign both up, log them in and create what they own."""
        marker = secrets.token_hex(8)
        with ExitStack() as stack:
            clients = [stack.enter_context(httpx.Client(base_url=url, verify=False)) for _ in range(3)]
            alice, bob = (join(client) for client in clients[:2])
            item = alice.http.post("/items", json={"title": f"title {marker}", "body": f"body {marker}"}).json()
            bob.http.post("/items", json={"title": "bob's"})
            yield cls(alice=alice, bob=bob, nobody=clients[2], marker=marker, item=f"/items/{item['id']}")

    @contextmanager
    def another_session(self, username: str, password: str = PASSWORD) -> Iterator[httpx.Client]:
        """Open a further session of a user."""
        with httpx.Client(base_url=self.nobody.base_url, verify=False) as client:
            assert login(client, username, password).status_code == 200
            yield client

    def own(self) -> dict[str, Any]:
        """Return Alice's item as she reads it, or nothing if it is gone."""
        answer = self.alice.http.get(self.item)
        return dict(answer.json()) if answer.is_success else {}


def sign_up(client: httpx.Client, username: str, **more: str) -> httpx.Response:
    """Create an account with the usual password."""
    body = {"username": username, "password": PASSWORD, "email": f"{username}@mail.example", **more}
    return client.post("/signup", json=body)


def login(client: httpx.Client, username: str, password: str = PASSWORD) -> httpx.Response:
    """Open a session, which the client keeps in its cookies."""
    return client.post("/login", data={"username": username, "password": password})


def join(client: httpx.Client) -> User:
    """Sign a new user up and log in."""
    username = f"u-{secrets.token_hex(6)}"
    user_id = sign_up(client, username).json()["id"]
    login(client, username)
    return User(username=username, id=user_id, http=client)
