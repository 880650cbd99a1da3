"""Operations on many things at once, read off a document: the field that takes the list, and the thing it is about."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness.openapi.documents import NUMBER, TEXT, operation, thing, variables
from tests.harness.openapi.test_inference import inferred, only

NOTE = thing("id", "title", id=TEXT, title=TEXT)
IDS = {"type": "array", "items": TEXT}
CRUD: dict[str, Any] = {
    "/notes": {"post": operation(NOTE, body=thing("title", title=TEXT), status="201")},
    "/notes/{note_id}": {"parameters": variables("note_id"), "get": operation(NOTE)},
}


def parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return an operation that takes one optional query parameter."""
    return {"parameters": [{"name": name, "in": "query", "required": False, "schema": schema}]}


@pytest.mark.parametrize(
    ("path", "body", "sent"),
    [
        ("/notes/bulk-delete", thing("ids", ids=IDS), {"ids": "{ids}"}),
        ("/notes/archive", thing("note_ids", note_ids=IDS), {"note_ids": "{ids}"}),
        ("/batch/archive", thing("noteIds", noteIds={"type": "array", "items": NUMBER}), {"noteIds": "{ids}"}),
        ("/notes/archive", {**IDS, "title": "Note Ids"}, "{ids}"),
        ("/notes/share", thing("ids", "with", ids=IDS, **{"with": TEXT}), {"ids": "{ids}", "with": "{marker}"}),
    ],
)
def test_a_list_of_identifiers_in_a_body(path: str, body: dict[str, Any], sent: Any) -> None:
    """By the name of the list, else by the path; the body may be the list itself, as FastAPI describes it."""
    found = inferred({**CRUD, path: {"post": operation(thing("count", count=NUMBER), body=body)}})
    (call,) = only(found).spec.bulk
    assert (call.operation, call.body) == (f"POST {path}", sent)
    assert any(line.startswith("bulk: POST ") for line in only(found).evidence)


@pytest.mark.parametrize(
    ("schema", "sent"), [(IDS, "{ids}"), (TEXT, "{id_list}"), ({"anyOf": [IDS, {"type": "null"}]}, "{ids}")]
)
def test_identifiers_in_a_query(schema: dict[str, Any], sent: str) -> None:
    """A list is a repeated parameter, a text holds commas; a list of things may be asked for by identifier, too."""
    listing = operation({"type": "array", "items": NOTE}) | parameter("ids", schema)
    paths = {**CRUD, "/notes": {**CRUD["/notes"], "get": listing, "delete": operation() | parameter("ids", schema)}}
    found = inferred(paths)
    spec = only(found).spec
    assert {(call.operation, call.query["ids"]) for call in spec.bulk} == {
        ("GET /notes", sent),
        ("DELETE /notes", sent),
    }
    assert spec.listing is not None
    assert "ids" not in spec.listing.query
    assert "DELETE /notes" in found.destructive


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/notes/tag", thing("labels", labels=IDS)),
        ("/notes/sort", thing("ids", ids=TEXT)),
        ("/boxes/archive", thing("ids", ids=IDS)),
        ("/notes/merge", thing("box_ids", box_ids=IDS)),
    ],
)
def test_other_lists_are_none_of_identifiers(path: str, body: dict[str, Any]) -> None:
    """Another name, one text, or a thing that nobody creates."""
    found = inferred({**CRUD, path: {"post": operation(thing("count", count=NUMBER), body=body)}})
    assert only(found).spec.bulk == []


def test_a_lookup_by_identifiers_is_no_search() -> None:
    """Its path says so, but all that it takes are identifiers; one that takes words beside them does search."""
    answer = operation({"type": "array", "items": NOTE}, body=thing("note_ids", note_ids=IDS))
    spec = only(inferred({**CRUD, "/notes/lookup": {"post": answer}})).spec
    assert ([call.operation for call in spec.bulk], spec.search) == (["POST /notes/lookup"], None)
    words = operation({"type": "array", "items": NOTE}, body=thing("query", query=TEXT, note_ids=IDS))
    spec = only(inferred({**CRUD, "/notes/lookup": {"post": words}})).spec
    assert spec.search is not None
    assert spec.search.operation == "POST /notes/lookup"
