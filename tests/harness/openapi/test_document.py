"""Reading documents of every version and notation."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from harness.errors import ConfigurationError
from harness.openapi import parse_document
from tests.harness.openapi.documents import (
    TEXT,
    content,
    document,
    operation,
    parsed,
    ref,
    schema_document,
    thing,
    variables,
)

SWAGGER: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "Old", "version": 2},
    "host": "somebody.example",
    "basePath": "/api/",
    "consumes": ["application/json"],
    "securityDefinitions": {"basic": {"type": "basic"}, "o": {"type": "oauth2", "flow": "password", "tokenUrl": "/t"}},
    "parameters": {"Id": {"name": "id", "in": "path", "required": True, "type": "integer"}},
    "definitions": {"Note": {"type": "object", "properties": {"text": {"type": "string", "x-nullable": True}}}},
    "paths": {
        "/notes/{id}": {
            "parameters": [{"$ref": "#/parameters/Id"}],
            "put": {
                "parameters": [{"name": "b", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Note"}}],
                "responses": {
                    "200": {
                        "description": "",
                        "schema": {"$ref": "#/definitions/Note"},
                        "headers": {"X-A": {"type": "string"}},
                    }
                },
            },
            "post": {
                "parameters": [{"name": "f", "in": "formData", "type": "file", "required": True}],
                "responses": {"default": {"description": ""}},
            },
        }
    },
}


def test_swagger_2_becomes_the_same_values_as_openapi_3() -> None:
    """Body and form parameters become bodies, the base path becomes part of each path, headers and schemas stay."""
    found = parse_document(json.dumps(SWAGGER), where="old")
    put, post = found.operations
    assert put.id == "PUT /api/notes/{id}"
    assert [(one.name, one.location, one.required, one.schema) for one in put.parameters] == [
        ("id", "path", True, {"type": "integer"})
    ]
    assert put.bodies[0].media_type == "application/json"
    assert put.body_required
    assert put.bodies[0].schema is not None
    assert put.bodies[0].schema["properties"]["text"]["type"] == ["string", "null"]
    assert put.responses[0].headers == ("X-A",)
    assert post.bodies[0].media_type == "multipart/form-data"
    assert post.bodies[0].schema is not None
    assert post.bodies[0].schema["properties"]["f"]["format"] == "binary"
    assert (found.dialect, found.version, found.servers) == ("2.0", "2", ("//somebody.example/api/",))
    assert found.security_schemes["basic"] == {"type": "http", "scheme": "basic"}
    assert "password" in found.security_schemes["o"]["flows"]


def test_yaml_and_json_say_the_same() -> None:
    """The notation does not matter, but for the digest and the lines."""
    source = document(
        {"/a": {"get": operation(TEXT)}, "/b/{c}": {"parameters": variables("c"), "delete": operation(status="204")}}
    )
    from_json = parse_document(json.dumps(source, indent=2), where="j")
    from_yaml = parse_document(yaml.safe_dump(source, sort_keys=False), where="y")
    assert from_json.root == from_yaml.root
    assert [one.id for one in from_json.operations] == ["GET /a", "DELETE /b/{c}"]
    assert from_json.digest != from_yaml.digest


@pytest.mark.parametrize("notation", ["json", "yaml"])
def test_operations_know_their_line(notation: str) -> None:
    """The line is that of the method's key, in either notation."""
    source = document({"/a": {"get": operation(), "post": operation()}, "/a/{b}": {"get": operation()}})
    text = json.dumps(source, indent=1) if notation == "json" else yaml.safe_dump(source, sort_keys=False)
    found = parse_document(text, where="x")
    lines = text.splitlines()
    for one in found.operations:
        assert one.method.lower() in lines[one.line - 1]
    assert len({one.line for one in found.operations}) == 3


@pytest.mark.parametrize(
    ("servers", "expected"),
    [
        ([], "/a"),
        ([{"url": "/"}], "/a"),
        ([{"url": "v1"}], "/v1/a"),
        ([{"url": "https://other.example/api/v1/"}, {"url": "/no"}], "/api/v1/a"),
        ([{"url": "https://x.example/{stage}", "variables": {"stage": {"default": "prod"}}}], "/prod/a"),
        ([{"url": "https://[broken"}], "/a"),
    ],
)
def test_the_path_of_the_first_server_comes_first(servers: list[dict[str, Any]], expected: str) -> None:
    """A request target is base URL and path, whatever host the document names."""
    assert parsed({"/a": {"get": operation()}}, servers=servers).operations[0].path == expected


def test_a_prefix_replaces_that_of_the_server() -> None:
    """A base URL that has the prefix already does not get it twice."""
    text = json.dumps(document({"/a": {"get": operation()}}, servers=[{"url": "/v1"}]))
    assert parse_document(text, where="x", prefix="").operations[0].path == "/a"


@pytest.mark.parametrize(
    ("security", "top", "expected"),
    [([], [{"k": []}], False), (None, [{"k": []}], True), ([{"k": []}, {}], None, False), (None, None, False)],
)
def test_whether_a_credential_is_asked_for(security: Any, top: Any, expected: bool) -> None:
    """The operation overrides the document, and an empty alternative means that none is needed."""
    own = {} if security is None else {"security": security}
    found = parsed(
        {"/a": {"get": operation(**own)}, "/b": {"get": operation(security=[{"k": []}])}},
        **({"security": top} if top else {}),
    )
    assert found.operations[0].secured is expected


def test_a_document_without_security_does_not_say() -> None:
    """No security anywhere says nothing; a required Authorization header says yes."""
    header = [{"name": "authorization", "in": "header", "required": True, "schema": TEXT}]
    found = parsed({"/a": {"get": operation()}, "/b": {"get": operation() | {"parameters": header}}})
    assert [one.secured for one in found.operations] == [None, True]


@pytest.mark.parametrize(
    ("node", "place"),
    [
        ({"$ref": "http://127.0.0.1:1/x.json"}, "#/components/schemas/It/$ref"),
        ({"properties": {"a/b": {"$ref": "other.yaml#/x"}}}, "#/components/schemas/It/properties/a~1b/$ref"),
        ({"example": {"externalValue": "file:///etc/passwd"}}, "#/components/schemas/It/example/externalValue"),
        ({"$dynamicRef": "https://x.example/#a"}, "#/components/schemas/It/$dynamicRef"),
    ],
)
def test_references_that_leave_the_document_are_refused(node: Any, place: str) -> None:
    """A reader that followed them would fetch from a host or a file that nobody named."""
    with pytest.raises(ConfigurationError) as caught:
        parsed({}, schemas={"It": node})
    assert place in str(caught.value)


def test_a_property_that_is_called_like_a_reference_is_none() -> None:
    """Only a text is a reference; a schema of that name is a property."""
    schema, _ = schema_document({"type": "object", "properties": {"$ref": TEXT, "externalValue": TEXT}})
    assert set(schema["properties"]) == {"$ref", "externalValue"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "found nothing"),
        ("[]", "found a list"),
        ("just words", "found a text"),
        ('{"a": 1}', "neither `openapi` nor `swagger` (top-level keys: a)"),
        ('{"openapi": "4.0.0"}', "found version '4.0.0'"),
        ("openapi: 3.2.0", "found version '3.2.0'"),
        ('{"swagger": "1.2"}', "found version '1.2'"),
        ('{"openapi": "3.1.0", "paths": []}', "#/paths: expected a mapping of paths, found a list"),
        ('{"openapi": "3.1.0",\n "paths": {,}}', "doc:2:12: not valid JSON"),
        ("openapi: 3.1.0\npaths: [", "doc:3:1: not valid YAML"),
        ("a: 1\n---\nb: 2", "expected one document"),
    ],
)
def test_anything_else_is_one_clear_error(text: str, expected: str) -> None:
    """The error says where, what was expected and what was found."""
    with pytest.raises(ConfigurationError) as caught:
        parse_document(text, where="doc")
    assert str(caught.value).startswith("doc")
    assert expected in str(caught.value)


def test_references_work_everywhere() -> None:
    """Path items, parameters, bodies, responses and headers may be references."""
    put_item = {
        "requestBody": {"$ref": "#/components/requestBodies/B"},
        "responses": {"200": {"$ref": "#/components/responses/R"}},
    }
    found = parsed(
        {"/a/{id}": {"$ref": "#/components/pathItems/A"}},
        schemas={"S": thing("x", x=TEXT)},
        components={
            "pathItems": {"A": {"parameters": [{"$ref": "#/components/parameters/Id"}], "put": put_item}},
            "parameters": {"Id": {"name": "id", "in": "path", "schema": TEXT}},
            "requestBodies": {"B": {"required": True, **content(ref("S"))}},
            "responses": {"R": {"headers": {"X-B": {"$ref": "#/components/headers/H"}}, **content(ref("S"))}},
            "headers": {"H": {"schema": TEXT}},
        },
    )
    (put,) = found.operations
    assert put.parameters[0].name == "id"
    assert put.body_required
    assert put.bodies[0].schema == put.responses[0].bodies[0].schema == thing("x", x=TEXT)
    assert put.responses[0].headers == ("X-B",)


def test_merge_keys_and_plain_words_of_yaml() -> None:
    """Merge keys work, `no` is a word as in YAML 1.2, dates stay texts and numeric keys become texts."""
    text = "openapi: 3.1.0\nx-a: &a {q: 1, w: no}\nx-b: {<<: *a, q: 2}\nx-c: 2020-01-01\n"
    text += "paths: {/a: {get: {responses: {200: {}}}}}"
    found = parse_document(text, where="y")
    assert found.root["x-b"] == {"q": 2, "w": "no"}
    assert found.root["x-c"] == "2020-01-01"
    assert found.operations[0].responses[0].status == "200"
