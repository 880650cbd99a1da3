"""Life cycles read off small documents of all kinds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.openapi import Inference, InferredResource, infer, parse_document
from harness.scenario.schema import Upload
from tests.harness.openapi.documents import NUMBER, TEXT, content, operation, parsed, ref, thing, variables

NOTE = thing("id", "title", id=NUMBER | {"readOnly": True}, title=TEXT, owner_id=TEXT)
LIST = thing(items={"type": "array", "items": ref("Note")}, total=NUMBER)
FLAT: dict[str, Any] = {
    "/notes": {
        "get": operation(LIST, query=("limit", "offset")),
        "post": operation(ref("Note"), body=ref("Note"), status="201"),
    },
    "/notes/{note_id}": {
        "parameters": variables("note_id", schema=NUMBER),
        "get": operation(ref("Note")),
        "patch": operation(ref("Note"), body=thing(title=TEXT)),
        "put": operation(ref("Note"), body=ref("Note")),
        "delete": operation(status="204"),
    },
    "/notes/{note_id}/publish": {"parameters": variables("note_id"), "post": operation(ref("Note"))},
    "/notes/search": {"get": operation({"type": "array", "items": ref("Note")}, query=("q", "page", "per_page"))},
}


def inferred(paths: dict[str, Any], **schemas: Any) -> Inference:
    """Return what is inferred from a document of these paths."""
    return infer(parsed(paths, schemas={"Note": NOTE} | schemas))


def only(found: Inference) -> InferredResource:
    """Return the one resource."""
    (resource,) = found.resources
    return resource


def test_a_flat_resource() -> None:
    """Each verb of a REST resource is found, with body, identifier, list, pagination, owner and evidence."""
    found = inferred(FLAT)
    spec = only(found).spec
    assert spec.verbs == {"create", "read", "list", "search", "update", "delete", "action"}
    assert spec.create is not None
    assert (spec.create.body, spec.create.id) == ({"title": "{marker}"}, "/id")
    assert [one.body for one in spec.update] == [{"title": "{marker}"}, {"title": "{marker}"}]
    assert spec.listing is not None
    assert (spec.listing.items, spec.listing.id, spec.listing.total) == ("/items", "/id", "/total")
    assert spec.listing.pagination is not None
    assert (spec.listing.pagination.style, spec.listing.pagination.limit) == ("offset", "limit")
    assert spec.search is not None
    assert (spec.search.items, spec.search.query) == ("", {"q": "{query}"})
    assert spec.search.pagination is not None
    assert (spec.search.pagination.style, spec.search.pagination.parameter) == ("page", "page")
    assert [one.name for one in spec.action] == ["publish"]
    assert spec.owner_field == "owner_id"
    assert len(only(found).evidence) >= 8
    assert found.share == 1.0


def test_a_nested_resource() -> None:
    """What is created below another thing has it as its parent; a flat search belongs to the nested thing."""
    project = thing("id", id=TEXT, name=TEXT)
    page = thing(data={"type": "array", "items": ref("Note")}, meta=thing(total=NUMBER, next_cursor=TEXT))
    found = inferred(
        {
            "/projects": {"post": operation(ref("Project"), body=thing("name", name=TEXT), status="201")},
            "/projects/{project_id}": {"parameters": variables("project_id"), "get": operation(ref("Project"))},
            "/projects/{project_id}/notes": {
                "parameters": variables("project_id"),
                "get": operation(page, query=("cursor", "page_size")),
                "post": operation(ref("Note"), body=ref("Note")),
            },
            "/projects/{project_id}/notes/{note_id}": {
                "parameters": variables("project_id", "note_id"),
                "get": operation(ref("Note")),
            },
            "/notes": {"get": operation(page, query=("q",))},
        },
        Project=project,
    )
    parent, child = (one.spec for one in found.resources)
    assert (parent.name, child.name, child.parent) == ("project", "note", "project")
    assert child.listing is not None
    assert child.listing.pagination is not None
    assert (child.listing.items, child.listing.total) == ("/data", "/meta/total")
    assert (child.listing.pagination.style, child.listing.pagination.next) == ("cursor", "/meta/next_cursor")
    assert child.search is not None
    assert child.search.operation == "GET /notes"
    assert child.create is not None
    assert child.create.path == {}


def test_remote_procedures_linked_by_identifiers() -> None:
    """Upload, index and search, named by no common path, are one resource because of file_id."""
    file = thing("file_id", file_id=TEXT, title=TEXT, size=NUMBER)
    upload = thing("file", "title", file=TEXT | {"format": "binary"}, title=TEXT, tags=TEXT)
    hits = thing(results={"type": "array", "items": thing(file_id=TEXT, score={"type": "number"}, chunk=NUMBER)})
    found = inferred(
        {
            "/upload": {
                "post": operation(
                    thing(file_id=TEXT, status=TEXT), body=upload, status="202", media="multipart/form-data"
                )
            },
            "/index": {
                "post": operation(thing(file_id=TEXT, chunks=NUMBER), body=thing("file_id", file_id=TEXT, depth=NUMBER))
            },
            "/search": {"post": operation(hits, body=thing("query", query=TEXT, top_k=NUMBER))},
            "/files": {"get": operation(thing(files={"type": "array", "items": file}), query=("limit", "offset"))},
            "/files/{file_id}": {
                "parameters": variables("file_id"),
                "get": operation(file),
                "delete": operation(status="204"),
            },
        }
    )
    spec = only(found).spec
    assert spec.name == "file"
    assert spec.verbs == {"create", "read", "list", "search", "delete", "action"}
    assert spec.create is not None
    assert spec.create.multipart is not None
    assert spec.create.multipart["title"] == "{marker}"
    uploaded = spec.create.multipart["file"]
    assert isinstance(uploaded, Upload)
    assert "{marker}" in uploaded.content
    assert uploaded.filename == "{marker}.txt"
    assert spec.create.id == "/file_id"
    assert spec.settle > 0
    assert (spec.action[0].name, spec.action[0].body) == ("index", {"file_id": "{id}"})
    assert spec.search is not None
    assert (spec.search.items, spec.search.id, spec.search.body) == ("/results", "/file_id", {"query": "{query}"})
    assert found.share == 1.0


def test_remote_procedures_without_any_item_path() -> None:
    """Verbs in paths and identifiers in bodies are enough."""
    by_id = thing("note_id", note_id=TEXT)
    made = thing("note_id", note_id=TEXT, text=TEXT)
    found = inferred(
        {
            "/create_note": {"post": operation(made, body=thing("text", text=TEXT))},
            "/get_note": {"post": operation(made, body=by_id)},
            "/list_notes": {"get": operation({"type": "array", "items": made})},
            "/update_note": {"post": operation(made, body=thing("note_id", note_id=TEXT, text=TEXT))},
            "/delete_note": {"post": operation(thing(ok={"type": "boolean"}), body=by_id)},
        }
    )
    spec = only(found).spec
    assert spec.name == "note"
    assert spec.verbs == {"create", "read", "list", "update", "delete"}
    assert spec.delete is not None
    assert spec.delete.body == {"note_id": "{id}"}
    assert spec.update[0].body == {"note_id": "{id}", "text": "{marker}"}


def test_a_required_identifier_of_another_thing_makes_it_the_parent() -> None:
    """A comment that needs a post_id is created below a post, whatever their order in the document."""
    found = inferred(
        {
            "/comments": {"post": operation(thing(id=TEXT), body=thing("post_id", "text", post_id=TEXT, text=TEXT))},
            "/comments/{id}": {"parameters": variables("id"), "get": operation(thing(id=TEXT, text=TEXT))},
            "/posts": {"post": operation(thing(id=TEXT), body=thing("text", text=TEXT))},
            "/posts/{id}": {"parameters": variables("id"), "get": operation(thing(id=TEXT))},
        }
    )
    by_name = {one.spec.name: one.spec for one in found.resources}
    assert by_name["comment"].parent == "post"
    assert by_name["comment"].create is not None
    assert by_name["comment"].create.body == {"post_id": "{parent}", "text": "{marker}"}
    assert by_name["post"].parent is None


@pytest.mark.parametrize(
    ("made", "parameter", "expected"),
    [
        (thing(id=NUMBER), "id", "/id"),
        (thing(uuid=TEXT), "id", "/uuid"),
        (thing(slug=TEXT, id=NUMBER), "slug", "/slug"),
        (thing(note_id=TEXT), "note_id", "/note_id"),
        (thing(noteId=TEXT), "noteId", "/noteId"),
        (thing(data=thing(id=TEXT)), "id", "/data/id"),
        (thing(note=thing(slug=TEXT)), "slug", "/note/slug"),
        (thing(_id=TEXT), "id", "/_id"),
    ],
)
def test_where_the_identifier_is(made: Any, parameter: str, expected: str) -> None:
    """By the name of the path parameter, as id or thing_id, at the top or in a wrapper."""
    item = {"parameters": variables(parameter), "get": operation(made)}
    found = inferred({"/notes": {"post": operation(made, body=thing("t", t=TEXT))}, f"/notes/{{{parameter}}}": item})
    create = only(found).spec.create
    assert create is not None
    assert create.id == expected


def test_a_location_header_has_the_identifier() -> None:
    """Where the answer is empty, the header tells."""
    created = {"201": {"description": "", "headers": {"Location": {"schema": TEXT}}}}
    item = {"parameters": variables("id"), "get": operation(ref("Note"))}
    post = operation(body=thing("t", t=TEXT)) | {"responses": created}
    create = only(inferred({"/notes": {"post": post}, "/notes/{id}": item})).spec.create
    assert create is not None
    assert create.id == "location"


def test_what_no_document_tells_is_marked_as_assumed() -> None:
    """Answers without a schema leave only convention, which has to be proved by a round trip."""
    item = {"parameters": variables("note_id"), "get": operation(), "delete": operation()}
    found = only(
        inferred({"/notes": {"get": operation(), "post": operation(body=thing("t", t=TEXT))}, "/notes/{note_id}": item})
    )
    assert found.spec.verbs == {"create", "read", "list", "delete"}
    assert any("POST /notes documents no answer" in one for one in found.assumed)
    assert any("GET /notes documents no answer" in one for one in found.assumed)


def test_things_of_any_fields_in_a_wrapper() -> None:
    """Where answers wrap a thing of unnamed fields, its identifier is in the wrapper; ancestors fill no filter."""
    wrapped = thing(data={"type": "object", "additionalProperties": {}}, permissions=thing())
    listed = thing(data={"type": "array", "items": {"type": "object", "additionalProperties": {}}})
    paths: dict[str, Any] = {}
    place, names = "", list[str]()
    for level in ("desks", "boxes", "notes"):
        above = [*names, "id"]
        paths[f"{place}/{level}"] = {
            "parameters": variables(*names),
            "get": operation(listed, query=("id", "_limit")),
            "post": operation(wrapped, body=wrapped, status="201"),
        }
        paths[f"{place}/{level}/{{id}}"] = {"parameters": variables(*above), "get": operation(wrapped)}
        place, names = f"{place}/{level}/{{{level}_id}}", [*names, f"{level}_id"]
    found = inferred(paths)
    assert [one.spec.name for one in found.resources] == ["desk", "box", "note"]
    for one in found.resources:
        assert one.spec.create is not None
        assert one.spec.listing is not None
        assert one.spec.create.body == {"data": {"note": "{marker}"}}
        assert one.spec.create.id.startswith("/data/id|")
        assert (one.spec.listing.items, one.spec.listing.id, one.spec.listing.query) == ("/data", "/id", {})
        assert any("names no field below '/data'" in line for line in one.assumed)


def test_a_document_that_is_not_quite_right_is_read_as_it_is_meant() -> None:
    """`items` without a type in a wrapper is the thing, one thing is created rather than many, a 401 means private."""
    item = thing("id", "title", id=TEXT, title=TEXT)
    refused = {"401": {"description": ""}}
    sloppy = operation(
        thing(data={"items": ref("Item")}), body={"oneOf": [{"type": "array", "items": ref("Item")}, ref("Item")]}
    )
    sloppy["responses"] |= refused
    listed = operation(thing(data={"type": "array", "items": ref("Item")}), security=[{"it": []}])
    path = {"parameters": variables("id"), "get": operation(thing(data=ref("Item")))}
    found = infer(parsed({"/items": {"get": listed, "post": sloppy}, "/items/{id}": path}, schemas={"Item": item}))
    create = only(found).spec.create
    assert create is not None
    assert (create.id, create.body["title"]) == ("/data/id", "{marker}")
    assert found.public == ("GET /items/{id}",)


def test_swagger_2_is_inferred_alike() -> None:
    """The version of the document does not matter."""
    source = {
        "swagger": "2.0",
        "basePath": "/v1",
        "definitions": {"Note": NOTE},
        "paths": {
            "/notes": {"post": {
                "parameters": [{"name": "body", "in": "body", "schema": {"$ref": "#/definitions/Note"}}],
                "responses": {"201": {"description": "", "schema": {"$ref": "#/definitions/Note"}}}}},
            "/notes/{id}": {"get": {
                "parameters": [{"name": "id", "in": "path", "type": "integer", "required": True}],
                "responses": {"200": {"description": "", "schema": {"$ref": "#/definitions/Note"}}}}},
        },
    }  # fmt: skip
    spec = only(infer(parse_document(json.dumps(source), where="x"))).spec
    assert spec.create is not None
    assert (spec.create.operation, spec.create.body) == ("POST /v1/notes", {"title": "{marker}"})


def test_the_service_is_described() -> None:
    """Readiness, version, metrics, limit headers and the request id are found, the best name for readiness first."""
    headers = {
        name: {"schema": TEXT}
        for name in ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-ID", "RateLimit")
    }
    answered = {"responses": {"200": {"description": "", "headers": headers, **content(TEXT)}}}
    found = inferred(
        {
            "/health": {"get": answered},
            "/ready": {"get": answered},
            "/version": {"get": answered},
            "/metrics": {"get": answered},
        }
    )
    assert (found.ready, found.version, found.metrics) == ("GET /ready", "GET /version", "GET /metrics")
    assert found.limit_headers is not None
    assert (found.limit_headers.limit, found.limit_headers.remaining) == ("X-RateLimit-Limit", "X-RateLimit-Remaining")
    assert found.request_id == "X-Request-ID"


def test_a_version_at_the_end_of_a_path_names_nothing() -> None:
    """Things are called by the segment before "v1", wherever the version stands."""
    found = inferred(
        {
            "/notes/v1": {"get": operation(LIST), "post": operation(ref("Note"), body=ref("Note"))},
            "/notes/v1/{note_id}": {"parameters": variables("note_id"), "get": operation(ref("Note"))},
        }
    )
    spec = only(found).spec
    assert spec.name == "note"
    assert spec.verbs == {"create", "read", "list"}


def test_an_identifier_that_the_caller_chooses() -> None:
    """A path that goes on by a field of the request needs no identifier in the answer; the marker is kept elsewhere.

    A document that requires nothing leaves it open what is required: each plain field is given.
    """
    said = thing(status=TEXT, message=TEXT)
    code = TEXT | {"example": "EN"}
    book = {
        "type": "object",
        "properties": {"book_title": TEXT, "language": code, "secret": TEXT | {"example": "mine 1"}},
    }
    found = inferred(
        {
            "/books": {"post": operation(said, body=book)},
            "/books/{book_title}": {"parameters": variables("book_title"), "get": operation(book)},
        }
    )
    create = only(found).spec.create
    assert create is not None
    assert create.id == "request:/book_title"
    assert create.body == {"book_title": "h-{nonce}", "language": "EN", "secret": "{marker}"}
