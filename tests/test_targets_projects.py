"""The projects service over real HTTP: sound as it is, and visibly broken by each of its flaws."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml

from tests.targets.common.flaws import load_flaws, switch_on
from tests.targets.common.running import Stage, stage
from tests.targets.projects.app import HERE, SERVICE, build
from tests.targets.projects.further_probes import FURTHER
from tests.targets.projects.parts import Parts
from tests.targets.projects.probes import PROBES as USUAL
from tests.targets.projects.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVIRONMENT = {
    "PROJECTS_USERS": json.dumps({"alice": "key-of-alice", "bob": "key-of-bob"}),
    "PROJECTS_ADMIN_KEY": "key-of-the-administrator",
}
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
    """Two users and what they own."""
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


def test_documented_operations_are_those_that_are_routed(url: str) -> None:
    """The document, written by hand, names every path and method, and no other."""
    document = yaml.safe_load(httpx.get(f"{url}/spec/openapi.yaml").text)
    assert document == yaml.safe_load((HERE / "openapi.yaml").read_text(encoding="utf-8"))
    ids = {"{project_id}": "1", "{note_id}": "1"}
    for path, item in document["paths"].items():
        methods = {method.upper() for method in item if method != "parameters"}
        for template, value in ids.items():
            path = path.replace(template, value)  # noqa: PLW2901
        refused = httpx.request("TRACE", f"{url}/v2{path}")
        assert refused.status_code == 405
        assert set(refused.headers["allow"].split(", ")) == methods


@pytest.mark.parametrize("headers", [{}, {"X-Api-Key": ""}, {"X-Api-Key": "made up"}, {"Authorization": "Bearer x"}])
def test_without_a_valid_key_every_private_operation_answers_401(url: str, headers: dict[str, str]) -> None:
    """Authentication comes before ids and bodies, and the challenge says which scheme is wanted."""
    for method, path in [("GET", "projects"), ("DELETE", "projects/x"), ("POST", "projects"), ("GET", "notes")]:
        response = httpx.request(method, f"{url}/v2/{path}", headers=headers, content=b"{")
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("ApiKey")
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["cache-control"] == "no-store"


def test_two_keys_are_no_key(url: str) -> None:
    """A request with two keys is ambiguous and refused."""
    keys = [("X-Api-Key", "key-of-alice"), ("X-Api-Key", "key-of-bob")]
    assert httpx.get(f"{url}/v2/me", headers=keys).status_code == 401


def test_unknown_path_is_404_and_wrong_method_405_before_authentication(url: str) -> None:
    """Routing comes first; a 405 says what the path does offer."""
    assert httpx.get(f"{url}/v2/nothing").json()["type"] == "urn:problem:not-found"
    response = httpx.delete(f"{url}/v2/projects")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"title": 1}',
        b'{"title": ""}',
        b'{"title": NaN}',
        b'{"title": "x", "labels": [1e999]}',
        b'{"title": "x", "labels": null}',
        b'{"title": "x", "owner_id": 1}',
        b'{"title": "x", "title": "y"}',
        b'{"title": "\\ud800"}',
        b'{"title": "a\\u0000b"}',
        b'{"title": "\xff"}',
        b'{"title": ' + b"9" * 5000 + b"}",
        b'{"labels": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"title": "' + b"x" * 201 + b'"}',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_odd_bodies_are_400_and_change_nothing(world: World, body: bytes) -> None:
    """Whatever is wrong with a body, the answer is a problem document and the note stays as it was."""
    for method in ("PUT", "PATCH"):
        headers = {"Content-Type": "application/json"}
        response = world.alice.request(method, world.note, content=body, headers=headers)
        assert response.status_code == 400
        assert response.headers["content-type"] == "application/problem+json"
    assert world.alice.get(world.note).json()["version"] == 1


def test_bodies_of_another_type_or_too_large_are_refused(world: World) -> None:
    """Only JSON is read, and not more than 256 KiB of it."""
    assert world.alice.post("projects", content=b"name=x").status_code == 415
    big = json.dumps({"name": "x" * 300_000}).encode()
    response = world.alice.post("projects", content=big, headers={"Content-Type": "application/json"})
    assert response.status_code == 413


@pytest.mark.parametrize(
    "path",
    ["projects/0", "projects/-1", "projects/1.0", "projects/x", f"projects/{'9' * 5000}", "projects/%D9%A3"],
)
def test_what_cannot_be_an_id_is_not_found(world: World, path: str) -> None:
    """Odd ids are answered like unknown ones."""
    assert world.alice.get(path).json() == world.alice.get("projects/999999").json()


@pytest.mark.parametrize("query", ["page_size=0", "page_size=101", "page_size=x", "page_size=1&page_size=2", "who=me"])
def test_odd_parameters_of_a_list_are_400(world: World, query: str) -> None:
    """Sizes out of range, repeated and unknown parameters are refused."""
    assert world.alice.get(f"projects?{query}").status_code == 400


def test_pages_follow_each_other_without_gap_or_repetition(world: World) -> None:
    """Following the cursors yields every project once, newest first, and `count` says how many there are."""
    made = [world.alice.post("projects", json={"name": f"p{n}"}).json()["id"] for n in range(5)]
    seen: list[int] = []
    page: dict[str, Any] = world.alice.get("projects?page_size=2").json()
    seen += [project["id"] for project in page["data"]]
    while (cursor := page["paging"]["next"]) is not None:
        page = world.alice.get("projects", params={"page_size": 2, "cursor": cursor}).json()
        seen += [project["id"] for project in page["data"]]
    assert seen[:5] == made[::-1]
    assert len(seen) == len(set(seen)) == page["count"]


def test_put_replaces_and_patch_merges(world: World) -> None:
    """PUT resets what it leaves out, PATCH keeps it."""
    full = {"title": "t", "body": "b", "labels": ["x"]}
    assert world.alice.put(world.note, json=full).json() | full == world.alice.get(world.note).json()
    assert world.alice.patch(world.note, json={"title": "u"}).json()["body"] == "b"
    replaced = world.alice.put(world.note, json={"title": "v"}).json()
    assert (replaced["title"], replaced["body"], replaced["labels"]) == ("v", "", [])


def test_entity_tags_guard_reads_and_writes(world: World) -> None:
    """A current tag gives 304 on reads and lets writes pass; a stale one gives 200 and 412."""
    tag = world.alice.get(world.note).headers["etag"]
    assert world.alice.get(world.note, headers={"If-None-Match": tag}).status_code == 304
    assert world.alice.patch(world.note, json={"title": "new"}, headers={"If-Match": tag}).status_code == 200
    assert world.alice.get(world.note, headers={"If-None-Match": tag}).status_code == 200
    assert world.alice.put(world.note, json={"title": "newer"}, headers={"If-Match": tag}).status_code == 412
    assert world.alice.delete(world.note, headers={"If-Match": tag}).status_code == 412
    assert world.alice.get(world.note).json()["title"] == "new"


def test_foreign_and_unknown_things_are_answered_alike(world: World) -> None:
    """Status, headers and body of a refusal do not tell whether the thing exists."""
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE"):
        body: dict[str, Any] = {"json": {"title": "x"}} if method in {"PUT", "PATCH"} else {}
        foreign = world.bob.request(method, world.note, **body)
        unknown = world.bob.request(method, "projects/999999/notes/999999", **body)
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.content == unknown.content
        assert foreign.headers.keys() == unknown.headers.keys()


def test_deleting_a_project_deletes_its_notes(world: World) -> None:
    """Nothing of a deleted project can be read, listed or found."""
    assert world.alice.delete(world.project).status_code == 204
    assert world.alice.get(world.note).status_code == 404
    assert world.alice.get("notes", params={"q": world.marker}).json()["data"] == []
    assert world.alice.delete(world.project).status_code == 404


def test_head_has_the_headers_of_get(world: World) -> None:
    """HEAD answers as GET does, without the body."""
    for path in ("me", "projects", world.project, world.note, f"notes?q={world.marker}"):
        head, get = world.alice.head(path), world.alice.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == get.headers["content-length"]
        assert head.headers.get("etag") == get.headers.get("etag")


def test_an_own_name_can_be_used_once_and_another_users_again(world: World) -> None:
    """A duplicate name of one's own is a conflict; what others call their projects does not matter."""
    assert world.alice.post("projects", json={"name": "same"}).status_code == 201
    assert world.alice.post("projects", json={"name": "same"}).status_code == 409
    assert world.bob.post("projects", json={"name": "same"}).status_code == 201
    world.alice.patch(world.project, json={"name": "other"})
    assert world.alice.patch(world.project, json={"name": "same"}).status_code == 409


def test_the_administrator_adds_users_whose_keys_work_at_once(url: str) -> None:
    """A new user gets a key that is shown once; without the administrator's key nobody is added."""
    admin = {"X-Admin-Key": ENVIRONMENT["PROJECTS_ADMIN_KEY"]}
    response = httpx.post(f"{url}/v2/admin/users", json={"name": "carol"}, headers=admin)
    assert response.status_code == 201
    key = {"X-Api-Key": response.json()["api_key"]}
    assert httpx.get(f"{url}/v2/me", headers=key).json() == {"id": response.json()["id"], "name": "carol"}
    assert httpx.post(f"{url}/v2/admin/users", json={"name": "carol"}, headers=admin).status_code == 409
    for headers in ({}, {"X-Admin-Key": "x"}, {"X-Api-Key": "key-of-alice"}):
        assert httpx.post(f"{url}/v2/admin/users", json={"name": "dave"}, headers=headers).status_code == 401
