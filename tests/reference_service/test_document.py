"""The OpenAPI document is complete and true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from reference_service.document import baseline, document
from tests.reference_service.running import KNOWLEDGE, MEMORY

if TYPE_CHECKING:
    import httpx

    from tests.reference_service.running import Running, User

BASELINE = Path(__file__).parents[2] / "scenarios" / "knowledge.openapi-baseline.json"
PUBLIC = {"/ready", "/health", "/version", "/metrics", "/api/v1/stream/auth/anon"}
DOCUMENT = document()
OPERATIONS = [(path, method) for path, item in DOCUMENT["paths"].items() for method in item]


def test_the_document_is_valid() -> None:
    """OpenAPI 3.1 by its own schema."""
    assert DOCUMENT["openapi"].startswith("3.1")
    validate(DOCUMENT)


def test_the_document_is_served(service: Running) -> None:
    """To anybody."""
    assert service.visitor().get("/openapi.json").json() == DOCUMENT


def test_the_release_before_is_still_there() -> None:
    """What the pinned document says of memory, sign-up, readiness, version and metrics has not changed."""
    assert json.loads(BASELINE.read_text(encoding="utf-8")) == baseline()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_operation_declares_everything(path: str, method: str) -> None:
    """Security, every status, a description, and headers on every response."""
    operation = DOCUMENT["paths"][path][method]
    assert operation["security"] == ([] if path in PUBLIC else [{"bearer": []}])
    wanted = {"500"} if path in PUBLIC else {"401", "422", "429", "500", "503"}
    assert wanted <= set(operation["responses"])
    assert operation["description"]
    for status, response in operation["responses"].items():
        if not (path == "/ready" and status == "503"):
            assert "X-Request-ID" in response["headers"]


def test_every_schema_is_closed() -> None:
    """No object allows what it does not name, but free-form metadata."""
    for name, schema in DOCUMENT["components"]["schemas"].items():
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False, name


def check(answer: httpx.Response, path: str) -> None:
    """Compare a response with what the document says about it."""
    declared = DOCUMENT["paths"][path][answer.request.method.lower()]["responses"][str(answer.status_code)]
    for name, header in declared.get("headers", {}).items():
        assert name in answer.headers or not header["required"], name
    content = declared.get("content", {})
    if not content:
        assert answer.content == b""
        return
    (media_type,) = content
    assert answer.headers["Content-Type"].partition(";")[0] == media_type
    if media_type == "application/json":
        schema = content[media_type]["schema"] | {"components": DOCUMENT["components"]}
        Draft202012Validator(schema).validate(answer.json())


def test_responses_are_as_documented(service: Running, alice: User) -> None:
    """Every operation, with successes and errors."""
    visitor, files, one = service.visitor(), f"{KNOWLEDGE}/files", f"{KNOWLEDGE}/files/{{file_id}}"
    file_id = alice.upload("words of a file", title="t", metadata='{"a": 1}')
    memory = alice.post(MEMORY, json={"text": "x"})
    unknown = "00000000-0000-4000-8000-000000000000"
    upload = f"{KNOWLEDGE}/upload"
    exchanges: list[tuple[httpx.Response, str]] = [
        (alice.post(upload, files={"file": ("a.txt", b"x")}), upload),
        (alice.post(upload, files={"file": ("a.txt", b"%PDF-")}), upload),
        (alice.post(upload, files={"file": ("a.txt", b"\0")}), upload),
        (alice.post(upload, files={"file": ("a.txt", b"a" * 1_100_000)}), upload),
        (alice.index(file_id), f"{KNOWLEDGE}/index"),
        (alice.index(unknown), f"{KNOWLEDGE}/index"),
        (alice.post(f"{KNOWLEDGE}/search", json={"query": "words"}), f"{KNOWLEDGE}/search"),
        (alice.post(f"{KNOWLEDGE}/search", json={}), f"{KNOWLEDGE}/search"),
        (alice.get(files), files),
        (visitor.get(files), files),
        (alice.get(f"{files}/{file_id}"), one),
        (alice.get(f"{files}/{unknown}"), one),
        (alice.get(f"{files}/x"), one),
        (alice.delete(f"{files}/{file_id}"), one),
        (memory, MEMORY),
        (alice.get(MEMORY), MEMORY),
        (alice.post(f"{MEMORY}/query", json={"query": "x"}), f"{MEMORY}/query"),
        (alice.get(f"{MEMORY}/{memory.json()['memory_id']}"), f"{MEMORY}/{{memory_id}}"),
        (alice.delete(f"{MEMORY}/{memory.json()['memory_id']}"), f"{MEMORY}/{{memory_id}}"),
        (visitor.post("/api/v1/stream/auth/anon"), "/api/v1/stream/auth/anon"),
        *((visitor.get(path), path) for path in ("/ready", "/health", "/version", "/metrics")),
    ]
    drained = service.user(tier="tiny")
    exchanges += [(drained.get(files), files) for _ in range(4)]
    statuses = {answer.status_code for answer, _ in exchanges}
    assert statuses == {200, 201, 202, 204, 400, 401, 404, 413, 415, 422, 429}
    for answer, path in exchanges:
        check(answer, path)


def test_a_wrong_response_would_be_noticed(alice: User) -> None:
    """The check above can fail."""
    answer = alice.get(f"{KNOWLEDGE}/files")
    body: dict[str, Any] = answer.json() | {"extra": 1}
    schema = DOCUMENT["paths"][f"{KNOWLEDGE}/files"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert list(Draft202012Validator(schema | {"components": DOCUMENT["components"]}).iter_errors(body))
