"""Recordings and collections as the source of operations: the same life cycles as from a document, and no secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import ConfigurationError
from harness.openapi import Document, infer, parse_document
from harness.openapi.sources.paths import template
from tests.harness.openapi import recordings
from tests.harness.openapi.recordings import KEY, Session, session
from tests.targets.common.running import stage
from tests.targets.projects.app import build
from tests.targets.projects.parts import Parts
from tests.test_targets_projects import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "hunter-of-the-snark"


@pytest.fixture(scope="module")
def made() -> Iterator[Session]:
    """A session with the sound service."""
    with stage() as server:
        yield session(server.show(build(Parts(), ENVIRONMENT)))


def texts(made: Session) -> dict[str, str]:
    """Return the session in every format."""
    return {
        "a HAR file": recordings.har(made),
        "a Postman collection": recordings.postman(made),
        "Insomnia 4": recordings.insomnia(made, 4),
        "Insomnia 5": recordings.insomnia(made, 5),
    }


@pytest.mark.parametrize("source", ["a HAR file", "a Postman collection", "Insomnia 4", "Insomnia 5"])
def test_every_source_gives_the_same_life_cycles(source: str, made: Session) -> None:
    """Projects with notes below them, every verb, the paths with their variables, and where the key goes."""
    document = parse_document(texts(made)[source], where="it", host=made.url.removeprefix("http://"))
    found = infer(document)
    assert document.recorded.startswith(source.rstrip(" 45").replace("Insomnia", "an Insomnia export"))
    project, note = (one.spec for one in found.resources)
    assert (project.name, note.name, note.parent) == ("project", "note", "project")
    assert project.verbs >= {"create", "read", "list", "update", "delete", "action"}
    assert note.verbs >= {"create", "read", "list", "update", "delete"}
    assert note.delete is not None
    assert note.delete.operation == "DELETE /v2/projects/{project_id}/notes/{note_id}"
    assert note.create is not None
    assert note.create.body == {"title": "{marker}", "body": "{marker}"}
    assert found.users.credential is not None
    assert (found.users.credential.header or "").lower() == "x-api-key"


def test_answers_tell_lists_pages_and_identifiers(made: Session) -> None:
    """What was answered shows where items, counts, cursors and owners are, and that a search is one."""
    found = infer(parse_document(recordings.har(made), where="it"))
    project, note = (one.spec for one in found.resources)
    assert project.listing is not None
    assert (project.listing.items, project.listing.total) == ("/data", "/count")
    assert project.listing.pagination is not None
    assert project.listing.pagination.next == "/paging/next"
    assert note.search is not None
    assert note.search.query == {"q": "{query}"}
    assert project.owner_field == "owner_id"
    assert found.share == 1.0


@pytest.mark.parametrize("source", ["a HAR file", "a Postman collection", "Insomnia 4", "Insomnia 5"])
def test_nothing_that_was_sent_or_answered_comes_out(source: str, made: Session) -> None:
    """The document that is kept, and so the bundle, holds neither the key nor what a person wrote."""
    document = parse_document(texts(made)[source], where="it")
    for secret in (KEY, recordings.PERSONAL, "liddell", "telemetry"):
        assert secret not in document.text


def entry(method: str, path: str, *, body: Any = None, answer: Any = None, status: int = 200, **headers: str) -> Any:
    """Return an entry of a HAR file."""
    posted = {"postData": {"mimeType": "application/json", "text": json.dumps(body)}} if body is not None else {}
    given = [{"name": name.replace("_", "-"), "value": value} for name, value in headers.items()]
    content = {"mimeType": "application/json", "text": json.dumps(answer)} if answer is not None else {}
    return {
        "request": {"method": method, "url": f"https://api.example.com{path}", "headers": given, **posted},
        "response": {"status": status, "headers": [], "content": content},
    }


def recorded(*entries: Any, **more: Any) -> Document:
    """Return the document of a HAR file with these entries."""
    return parse_document(json.dumps({"log": {"entries": entries}}), where="it", **more)


def test_a_log_in_is_found_and_its_secrets_are_not_kept() -> None:
    """The fields of a log-in become placeholders; password, token and address stay in the recording."""
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"
    document = recorded(
        entry("POST", "/login", body={"username": "alice", "password": PASSWORD}, answer={"access_token": token}),
        entry("GET", "/notes", answer=[{"id": 7, "title": "a"}], Authorization=f"Bearer {token}"),
        entry("POST", "/notes", body={"title": "a b"}, answer={"id": 7}, status=201, Authorization=f"Bearer {token}"),
        entry("GET", f"/links/{token}?api_key={PASSWORD}&page=2", answer={"id": 1}),
        entry("GET", "/people", answer={"alice@example.com": {"id": 1}, "9f8e7d6c5b4a39281706": 1}),
    )
    found = infer(document)
    assert found.users.login is not None
    assert found.users.login.body == {"username": "{username}", "password": "{password}"}
    assert found.users.login.credential == "/access_token"
    assert "POST /login" in found.public
    for secret in (token, PASSWORD, "alice", "9f8e7d6c5b4a39281706", "api_key"):
        assert secret not in document.text


@pytest.mark.parametrize(
    ("path", "known", "expected"),
    [
        ("/notes/17", (), "/notes/{note_id}"),
        ("/api/2/notes/17/parts/3", (), "/api/2/notes/{note_id}/parts/{part_id}"),
        ("/v1/users/me", (), "/v1/users/me"),
        ("/files/3f2504e0-4f89-41d3-9a0c-0305e82c3301/raw", (), "/files/{file_id}/raw"),
        ("/orders/507f1f77bcf86cd799439011", (), "/orders/{order_id}"),
        ("/invoices/01ARZ3NDEKTSV4RRFFQ69G5FAV", (), "/invoices/{invoice_id}"),
        ("/issues/ABC-12", (), "/issues/{issue_id}"),
        ("/articles/how-to-train", ("how-to-train",), "/articles/{article_id}"),
        ("/articles/feed", ("how-to-train",), "/articles/feed"),
        ("/admin/settings", ("settings", "admin"), "/admin/settings"),
        ("/users/alice@example.com", (), "/users/{user_id}"),
        ("/oauth2/token", (), "/oauth2/token"),
        ("/{thing}/items", (), "/{thing}/items"),
    ],
)
def test_identifiers_in_paths(path: str, known: tuple[str, ...], expected: str) -> None:
    """Identifiers are told by their shape, or because an answer called them so; words and versions are none."""
    assert template(path, frozenset(known)) == expected


def test_without_any_credential_nothing_is_called_public() -> None:
    """Browsers leave credentials out of what they export, so their absence tells nothing."""
    document = recorded(entry("GET", "/notes", answer=[]))
    assert [one.secured for one in document.operations] == [None]


def test_the_host_of_the_target_decides() -> None:
    """Of several hosts the target's own is taken where it is there, and a base path is taken off."""
    entries = [entry("GET", "/a/notes", answer=[]), entry("GET", "/b/notes", answer=[])]
    entries[1]["request"]["url"] = "https://staging.example.com/api/things"
    document = recorded(*entries, host="staging.example.com", prefix="/api")
    assert [one.id for one in document.operations] == ["GET /api/things"]


def test_any_other_answer_is_declared_too() -> None:
    """A recording promises nothing, so no answer can contradict it."""
    (operation,) = recorded(entry("GET", "/notes", answer={"items": [1]})).operations
    assert operation.declared(404) is not None
    assert operation.declared(500) is not None


@pytest.mark.parametrize(
    "text",
    ['{"log": {"entries": []}}', '{"log": {"entries": [1, {"request": 2}, {"request": {"url": 3}}]}}'],
)
def test_a_recording_without_requests_is_an_error(text: str) -> None:
    """It is said what was expected."""
    with pytest.raises(ConfigurationError, match="a HAR file without a request of an API"):
        parse_document(text, where="it")
