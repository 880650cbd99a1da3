"""Probes for flaws of the projects service that are those of others elsewhere, or only sometimes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.targets.projects.world import World


def _identity_cookie(world: World) -> bool:
    me = world.alice.get("me").json()
    return bool(world.bob.get("me", headers={"Cookie": f"user_id={me['id']}"}).json() == me)


def _let_in(key: str) -> Callable[[World], bool]:
    return lambda world: world.anonymous("GET", "me", headers={"X-Api-Key": key}).status_code == 200


def _second_page(path: Callable[[World], str]) -> Callable[[World], bool]:
    """Let Bob have a second note, and look at what follows it."""

    def probe(world: World) -> bool:
        world.bob.post(f"{world.bobs_project}/notes", json={"title": "title of one more"})
        first = world.bob.get(path(world), params={"q": "title", "page_size": 1} if path(world) == "notes" else SMALL)
        query = {"cursor": first.json()["paging"]["next"], "page_size": 100}
        query |= {"q": "title"} if path(world) == "notes" else {}
        return world.marker not in first.text and world.marker in world.bob.get(path(world), params=query).text

    return probe


def _deleted_by_post(world: World) -> bool:
    world.bob.post(world.project, headers={"X-HTTP-Method-Override": "DELETE"})
    return world.alice.get(world.project).status_code == 404


def _moved(world: World) -> bool:
    made = world.bob.post(f"{world.bobs_project}/notes", json={"title": "to be moved"}).json()
    hers = int(world.project.rpartition("/")[2])
    world.bob.patch(f"{world.bobs_project}/notes/{made['id']}", json={"project_id": hers})
    return "to be moved" in world.alice.get(f"{world.project}/notes").text


def _archived_in_spite_of_404(world: World) -> bool:
    refused = world.bob.post(f"{world.project}/archive").status_code == 404
    return refused and bool(world.alice.get(world.project).json()["archived"])


def _changed_along(world: World) -> bool:
    hers = world.alice.get(world.note).json()
    made = world.bob.post(f"{world.bobs_project}/notes", json={name: hers[name] for name in ("title", "body")}).json()
    world.bob.patch(f"{world.bobs_project}/notes/{made['id']}", json={"title": "changed by bob"})
    return "changed by bob" in world.alice.get(world.note).text


def _written_over(world: World) -> bool:
    made = world.bob.post(f"{world.bobs_project}/notes", json={"title": "bob's"}).json()
    hers = int(world.note.rpartition("/")[2])
    world.bob.patch(f"{world.bobs_project}/notes/{made['id']}", json={"id": hers})
    return world.alice.get(world.note).status_code == 404


def _shown_to_whoever_has_none(path: str) -> Callable[[World], bool]:
    """Let Bob delete what he has, and look at what he is shown then."""

    def probe(world: World) -> bool:
        before = world.marker in world.bob.get(path).text
        world.bob.delete(world.bobs_project)
        return not before and world.marker in world.bob.get(path).text

    return probe


def _body_lost(world: World) -> bool:
    made = world.alice.post(f"{world.project}/notes", json={"title": "x", "body": world.marker})
    kept = world.alice.get(f"{world.project}/notes/{made.json()['id']}")
    return world.marker in made.text and world.marker not in kept.text


def _description_cleared(world: World) -> bool:
    world.alice.patch(world.project, json={"description": world.marker})
    world.alice.patch(world.project, json={"name": f"n-{world.marker}"})
    return not world.alice.get(world.project).json()["description"]


def _deleted_on_full_page(world: World) -> bool:
    world.alice.delete(world.note)
    usual, full = (world.alice.get(f"{world.project}/notes", params={"page_size": size}).text for size in (20, 100))
    return world.marker not in usual and world.marker in full


def _deleted_along(world: World) -> bool:
    made = world.bob.post("projects", json={"name": world.marker}).json()
    world.bob.delete(f"projects/{made['id']}")
    return world.alice.get(world.project).status_code == 404


def _let_himself_in(world: World) -> bool:
    made = world.bob.post(f"{world.project}/collaborators", json={"user_id": world.bob.get("me").json()["id"]})
    return made.status_code == 201 and world.marker in world.bob.get(world.project).text


def _archived(world: World) -> str:
    world.alice.post(f"{world.project}/archive")
    return world.project


def _changed(world: World) -> str:
    world.alice.patch(world.project, json={"description": "changed"})
    return world.project


SMALL = {"page_size": 1}

FURTHER: dict[str, Callable[[World], bool]] = {
    "auth-missing-on-note-put": lambda world: world.anonymous("PUT", world.note, json={"title": "x"}).is_success,
    "deleted-note-on-full-page": _deleted_on_full_page,
    "identity-cookie-trusted": _identity_cookie,
    "key-case-folded": _let_in("KEY-OF-ALICE"),
    "key-cut-short": _let_in("key-of-ali"),
    "key-in-query": lambda world: world.anonymous("GET", "me?api_key=key-of-alice").status_code == 200,
    "key-pattern": _let_in("key-of-%"),
    "method-override-trusted": _deleted_by_post,
    "note-change-by-content": _changed_along,
    "note-count-leak": lambda world: world.bob.get(f"{world.bobs_project}/notes").json()["count"] > 1,
    "note-etag-wildcard": lambda world: world.bob.get(world.note, headers={"If-None-Match": "*"}).status_code == 304,
    "note-id-assigned-on-patch": _written_over,
    "note-list-leak-on-page-two": _second_page(lambda world: f"{world.bobs_project}/notes"),
    "note-moved-by-patch": _moved,
    "note-search-leak-on-page-two": _second_page(lambda _: "notes"),
    "note-search-leak-when-empty": _shown_to_whoever_has_none("notes?q=title"),
    "note-search-operator": lambda world: world.marker in world.bob.get("notes?q[$ne]=x").text,
    "nul-breaks-search": lambda world: world.alice.get("notes", params={"q": "a\0b"}).status_code == 500,
    "oracle-412-for-foreign": lambda world: (
        world.bob.delete(world.note, headers={"If-Match": '"x"'}).status_code == 412
    ),
    "project-archive-foreign-says-404": _archived_in_spite_of_404,
    "project-archived-is-changed": lambda world: (
        world.bob.patch(_archived(world), json={"description": "bob's"}).is_success
    ),
    "project-archived-is-readable": lambda world: world.marker in world.bob.get(_archived(world)).text,
    "project-changed-is-readable": lambda world: world.marker in world.bob.get(_changed(world)).text,
    "note-body-lost-on-create": _body_lost,
    "project-delete-by-name": _deleted_along,
    "project-shared-by-anybody": _let_himself_in,
    "project-list-leak-when-empty": _shown_to_whoever_has_none("projects"),
    "project-list-leak-on-full-page": lambda world: world.marker in world.bob.get("projects?page_size=100").text,
    "project-patch-clears-the-rest": _description_cleared,
}
