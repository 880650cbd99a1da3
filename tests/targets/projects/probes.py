"""For each flaw of the projects service a probe that says whether it can be seen."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.targets.projects.world import World


def _writes(method: str, path: str, member: str) -> Callable[[World], bool]:
    def probe(world: World) -> bool:
        world.bob.request(method, getattr(world, path), json={member: "written by bob"})
        return world.alice_sees("written by bob")

    return probe


def _deletes(path: str, *, anonymous: bool = False) -> Callable[[World], bool]:
    def probe(world: World) -> bool:
        target = getattr(world, path)
        _ = world.anonymous("DELETE", target) if anonymous else world.bob.delete(target)
        return world.alice.get(target).status_code == 404

    return probe


def _differs(method: str) -> Callable[[World], bool]:
    def probe(world: World) -> bool:
        body: dict[str, Any] = {"json": {"title": "x"}} if method == "PATCH" else {}
        foreign = world.bob.request(method, world.note, **body)
        unknown = world.bob.request(method, f"{world.bobs_project}/notes/999999", **body)
        return _visible(foreign) != _visible(unknown)

    return probe


def _visible(response: httpx.Response) -> tuple[object, ...]:
    return response.status_code, response.content, "etag" in response.headers


def _as_alice(header: str, member: str) -> Callable[[World], bool]:
    def probe(world: World) -> bool:
        me = world.alice.get("me").json()
        return bool(world.bob.get("me", headers={header: str(me[member])}).json() == me)

    return probe


def _page_two(world: World) -> bool:
    """Bob's own project is the newest, so that Alice's older one is below it."""
    world.bob.post("projects", json={"name": secrets.token_hex(8)})
    first = world.bob.get("projects", params={"page_size": 1}).json()
    params = {"page_size": 100, "cursor": first["paging"]["next"]}
    return world.marker not in str(first) and world.marker in world.bob.get("projects", params=params).text


def _foreign_cursor(world: World) -> bool:
    world.alice.post("projects", json={"name": secrets.token_hex(8)})
    cursor = world.alice.get("projects", params={"page_size": 1}).json()["paging"]["next"]
    return world.marker in world.bob.get("projects", params={"cursor": cursor}).text


def _etag(path: Callable[[World], str]) -> Callable[[World], bool]:
    def probe(world: World) -> bool:
        tag = world.alice.get(path(world)).headers["etag"]
        return world.bob.get(path(world), headers={"If-None-Match": tag}).status_code == 304

    return probe


def _callers_swap(world: World) -> bool:
    """Send from both at once; a limit of connections each keeps requests overlapping."""
    with ThreadPoolExecutor(16) as pool:
        users = [world.alice, world.bob] * 150
        names = list(pool.map(lambda user: user.get("me").json()["name"], users))
    return names != ["alice", "bob"] * 150


def _both_writers_pass(world: World) -> bool:
    tag = {"If-Match": world.alice.get(world.note).headers["etag"]}
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda n: world.alice.put(world.note, json={"title": f"w{n}"}, headers=tag), range(8))
        return [answer.status_code for answer in answers].count(200) > 1


def _stale_writer_passes(world: World) -> bool:
    stale = {"If-Match": world.alice.get(world.note).headers["etag"]}
    world.alice.patch(world.note, json={"title": "newer"})
    return world.alice.patch(world.note, json={"title": "stale"}, headers=stale).status_code == 200


def _cached_for_bob(world: World) -> bool:
    search = {"q": world.marker}
    return world.marker in world.alice.get("notes", params=search).text and (
        world.marker in world.bob.get("notes", params=search).text
    )


def _found_after_deletion(world: World) -> bool:
    world.alice.delete(world.note)
    gone = world.alice.get(world.note).status_code == 404
    return gone and world.marker in world.alice.get("notes", params={"q": world.marker}).text


def _still_there(world: World) -> bool:
    return world.alice.delete(world.note).status_code == 204 and world.alice.get(world.note).status_code == 200


def _write_is_lost(world: World) -> bool:
    answer = world.alice.patch(world.note, json={"title": "acknowledged"})
    return "acknowledged" in answer.text and not world.alice_sees("acknowledged")


def _new_note_is_lost(world: World) -> bool:
    created = world.alice.post(f"{world.project}/notes", json={"title": "kept"})
    return created.status_code == 201 and world.alice.get(f"{world.project}/notes/{created.json()['id']}").is_error


def _given_away(method: str, path: Callable[[World], str], member: str) -> Callable[[World], bool]:
    def probe(world: World) -> bool:
        owner = world.alice.get("me").json()["id"]
        answer = world.bob.request(method, path(world), json={member: secrets.token_hex(8), "owner_id": owner})
        return answer.is_success and bool(answer.json()["owner_id"] == owner)

    return probe


def _bobs_note(world: World) -> str:
    note = world.bob.get(f"{world.bobs_project}/notes").json()["data"][0]["id"]
    return f"{world.bobs_project}/notes/{note}"


def _created_in(world: World) -> bool:
    world.bob.post(f"{world.project}/notes", json={"title": "planted"})
    return "planted" in world.alice.get(f"{world.project}/notes").text


def _archived(world: World) -> bool:
    world.bob.post(f"{world.project}/archive")
    return bool(world.alice.get(world.project).json()["archived"])


def _count(world: World) -> int:
    return int(world.bob.get("projects").json()["count"])


def _counted(world: World) -> bool:
    before = _count(world)
    world.alice.post("projects", json={"name": secrets.token_hex(8)})
    return _count(world) != before


def _server_error(body: bytes) -> Callable[[World], bool]:
    def probe(world: World) -> bool:
        headers = {"Content-Type": "application/json"}
        return world.alice.put(world.note, content=body, headers=headers).status_code == 500

    return probe


def _injected(world: World) -> bool:
    return world.marker in world.bob.get("notes", params={"q": "x%') OR 1=1 OR ('x' LIKE '"}).text


def _allowed_origin(origin: str) -> Callable[[World], bool]:
    return lambda world: "access-control-allow-origin" in world.alice.get("me", headers={"Origin": origin}).headers


def _anonymous_patch(world: World) -> bool:
    return world.anonymous("PATCH", world.project, json={"name": "anonymous"}).is_success


def _garbage_key(world: World) -> bool:
    return world.anonymous("GET", "me", headers={"X-Api-Key": "made-up"}).status_code == 200


def _commit(world: World) -> str:
    return str(httpx.get(f"{world.url}/version", verify=False).json()["commit"])


PROBES: dict[str, Callable[[World], bool]] = {
    "auth-missing-on-note-delete": _deletes("note", anonymous=True),
    "auth-missing-on-note-list": lambda world: world.marker in world.anonymous("GET", f"{world.project}/notes").text,
    "auth-missing-on-project-patch": _anonymous_patch,
    "garbage-key-accepted": _garbage_key,
    "identity-header-trusted": _as_alice("X-User-ID", "id"),
    "forwarded-user-trusted": _as_alice("X-Forwarded-User", "name"),
    "note-read-foreign": lambda world: world.marker in world.bob.get(world.note).text,
    "note-head-leak": lambda world: world.bob.head(world.note).status_code == 200,
    "project-read-foreign": lambda world: world.marker in world.bob.get(world.project).text,
    "note-read-through-own-project": lambda world: world.marker in world.bob.get(world.through_own_project).text,
    "note-patch-through-own-project": _writes("PATCH", "through_own_project", "title"),
    "note-list-of-foreign-project": lambda world: world.marker in world.bob.get(f"{world.project}/notes").text,
    "project-list-leak": lambda world: world.marker in world.bob.get("projects").text,
    "project-list-leak-on-page-two": _page_two,
    "note-search-leak": lambda world: world.marker in world.bob.get(f"notes?q={world.marker}").text,
    "note-search-precedence": lambda world: world.marker in world.bob.get(f"notes?q={world.marker}").text,
    "note-put-foreign": _writes("PUT", "note", "title"),
    "note-patch-foreign": _writes("PATCH", "note", "title"),
    "project-put-foreign": _writes("PUT", "project", "name"),
    "project-patch-foreign": _writes("PATCH", "project", "name"),
    "note-delete-foreign": _deletes("note"),
    "note-delete-foreign-says-404": _deletes("note"),
    "project-delete-foreign": _deletes("project"),
    "note-create-in-foreign-project": _created_in,
    "project-archive-foreign": _archived,
    "project-count-leak": _counted,
    "note-etag-cross-user": _etag(lambda world: world.note),
    "list-etag-shared": _etag(lambda world: "projects?page_size=1"),
    "oracle-403-for-foreign": _differs("GET"),
    "oracle-403-on-note-patch": _differs("PATCH"),
    "oracle-detail-differs": _differs("GET"),
    "oracle-header-differs": _differs("GET"),
    "project-name-taken-by-anybody": lambda world: world.bob.post("projects", json={"name": world.marker}).is_error,
    "cursor-names-owner": _foreign_cursor,
    "cursor-unsigned": _foreign_cursor,
    "context-race": _callers_swap,
    "if-match-race": _both_writers_pass,
    "if-match-ignored": _stale_writer_passes,
    "search-cache-shared": _cached_for_bob,
    "cache-public": lambda world: "public" in world.alice.get(world.note).headers["cache-control"],
    "no-store-missing-on-lists": lambda world: "cache-control" not in world.alice.get("projects").headers,
    "note-delete-noop": _still_there,
    "deleted-note-stays-in-search": _found_after_deletion,
    "note-update-not-stored": _write_is_lost,
    "note-create-not-stored": _new_note_is_lost,
    "owner-assigned-on-create": _given_away("POST", lambda _: "projects", "name"),
    "owner-assigned-on-project-patch": _given_away("PATCH", lambda world: world.bobs_project, "name"),
    "owner-assigned-on-note-put": _given_away("PUT", _bobs_note, "title"),
    "owner-assigned-on-note-patch": _given_away("PATCH", _bobs_note, "title"),
    "stack-trace-on-bad-cursor": lambda world: "Traceback" in world.alice.get("projects?cursor=x").text,
    "sql-text-on-conflict": lambda world: "INSERT" in world.alice.post("projects", json={"name": world.marker}).text,
    "depth-unbounded": _server_error(b"[" * 20_000 + b"]" * 20_000),
    "nul-breaks-notes": _server_error(b'{"title": "a\\u0000b"}'),
    "search-by-concatenation": _injected,
    "cors-reflects-origin": _allowed_origin("https://evil.example"),
    "cors-allows-null": _allowed_origin("null"),
    "labels-null-for-empty": lambda world: world.alice.get(world.note).json()["labels"] is None,
    "version-missing": lambda world: "version" not in world.alice.get(world.project).json(),
    "internal-field-exposed": lambda world: "storage_path" in world.alice.get(world.project).text,
    "created-answers-200": lambda world: world.alice.post("projects", json={"name": "new"}).status_code == 200,
    "stale-build": lambda world: _commit(world) != "5f1d0c2",
}
