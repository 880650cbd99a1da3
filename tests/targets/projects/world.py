"""Two users of a running projects service and what they own."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Alice with a project and a note that hold an unguessable marker, and Bob with a project and a note of his own."""

    url: str
    alice: httpx.Client
    bob: httpx.Client
    marker: str
    project: str
    note: str
    bobs_project: str

    @classmethod
    @contextmanager
    def of(cls, url: str) -> Iterator[World]:
        """Create what the two own; needs the users `alice` and `bob` with keys `key-of-...`."""
        base, marker = f"{url}/v2/", secrets.token_hex(8)
        with (
            httpx.Client(base_url=base, headers={"X-Api-Key": "key-of-alice"}, verify=False) as alice,
            httpx.Client(base_url=base, headers={"X-Api-Key": "key-of-bob"}, verify=False) as bob,
        ):
            project, note = _create(alice, marker)
            bobs_project, _ = _create(bob, secrets.token_hex(8))
            yield cls(
                url=url, alice=alice, bob=bob, marker=marker, project=project, note=note, bobs_project=bobs_project
            )

    @property
    def through_own_project(self) -> str:
        """The path of Alice's note below Bob's project."""
        return f"{self.bobs_project}/notes/{self.note.rpartition('/')[2]}"

    def anonymous(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request without an API key."""
        return httpx.request(method, f"{self.url}/v2/{path}", verify=False, **options)

    def alice_sees(self, text: str) -> bool:
        """Return whether the text is in what Alice reads of her project and note."""
        return text in self.alice.get(self.project).text + self.alice.get(self.note).text


def _create(user: httpx.Client, marker: str) -> tuple[str, str]:
    project = f"projects/{user.post('projects', json={'name': marker}).json()['id']}"
    note = user.post(f"{project}/notes", json={"title": f"title {marker}", "body": f"body {marker}"}).json()
    return project, f"{project}/notes/{note['id']}"
