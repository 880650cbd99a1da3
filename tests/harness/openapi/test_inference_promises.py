"""What a document promises beside life cycles: errors, searches by a list, and what is public by design."""

from __future__ import annotations

from typing import Any

import pytest

from harness.openapi import Inference, infer
from tests.harness.openapi.documents import NUMBER, TEXT, content, operation, parsed, ref, thing, variables
from tests.harness.openapi.test_inference import FLAT, inferred, only

PROBLEM = thing("type", "detail", type=TEXT, detail=TEXT, hint=TEXT)


def refusing(*answers: tuple[str, Any]) -> dict[str, Any]:
    """Return a list and a creation whose errors are these."""
    declared = {status: {"description": "", **content(schema)} for status, schema in answers}
    made = operation(ref("Note"), body=ref("Note"), status="201")
    made["responses"] |= declared
    return {"/notes": {"post": made}, "/notes/{note_id}": {"parameters": variables("note_id"), "get": operation()}}


def test_what_every_documented_error_requires_is_promised() -> None:
    """The fields that all errors require are expected, of declared answers only."""
    other = thing("type", "detail", "code", type=TEXT, detail=TEXT, code=NUMBER)
    found = inferred(refusing(("404", PROBLEM), ("422", other)))
    assert found.errors is not None
    assert (found.errors.fields, found.errors.declared_only) == (["detail", "type"], True)


@pytest.mark.parametrize(
    "answers",
    [(), (("404", thing(detail=TEXT)),), (("404", PROBLEM), ("409", thing("reason", reason=TEXT)))],
    ids=["none", "nothing-required", "nothing-in-common"],
)
def test_errors_that_share_no_required_field_promise_nothing(answers: tuple[tuple[str, Any], ...]) -> None:
    """Without a field that all require, no error can be wrong."""
    assert inferred(refusing(*answers)).errors is None


def test_a_report_of_health_is_no_error() -> None:
    """A readiness route that answers 503 with a report of its own does not take the promise of the others away."""
    unready = operation()
    unready["responses"]["503"] = {"description": "", **content(thing("ready", ready={"type": "boolean"}))}
    found = inferred({**refusing(("404", PROBLEM)), "/readyz": {"get": unready}})
    assert found.errors is not None
    assert found.errors.fields == ["detail", "type"]


def _with_list(*query: str) -> dict[str, Any]:
    paths = {path: item for path, item in FLAT.items() if "search" not in path}
    answer = thing(items={"type": "array", "items": ref("Note")}, total=NUMBER)
    return {**paths, "/notes": {**paths["/notes"], "get": operation(answer, query=query)}}


def test_a_list_that_takes_words_is_a_search_too() -> None:
    """A list with a query parameter for words is exercised both ways, and stays understood as the list."""
    found = inferred(_with_list("search", "limit", "offset"))
    spec = only(found).spec
    assert spec.listing is not None
    assert spec.search is not None
    assert (spec.listing.query, spec.search.query) == ({}, {"search": "{query}"})
    assert spec.search.operation == spec.listing.operation == "GET /notes"
    assert found.understood["GET /notes"] == "note: list"


def test_a_filter_by_a_field_is_no_search() -> None:
    """A parameter called as a field is compared with the whole of it, so a part of a text finds nothing there."""
    assert only(inferred(_with_list("name", "status"))).spec.search is None


VISIBLE = {"visibility": {"type": "string", "enum": ["private", "public"]}}


@pytest.mark.parametrize(
    ("fields", "private", "public"),
    [
        (VISIBLE, {"title": "{marker}"}, {"title": "{marker}", "visibility": "public"}),
        (
            {"visibility": {**VISIBLE["visibility"], "default": "public"}},
            {"title": "{marker}", "visibility": "private"},
            {"title": "{marker}", "visibility": "public"},
        ),
        ({"is_public": {"type": "boolean"}}, {"title": "{marker}"}, {"title": "{marker}", "is_public": True}),
        ({"state": {"type": "string", "enum": ["draft", "public"]}}, {"title": "{marker}"}, None),
        ({"public": TEXT}, {"title": "{marker}"}, None),
    ],
    ids=["enum", "public-by-default", "boolean", "another-word", "a-text"],
)
def test_objects_are_private_unless_they_are_made_public(fields: Any, private: Any, public: Any) -> None:
    """A field about visibility makes the public variant; where public is the default, objects are made private."""
    note = thing("title", title=TEXT, **fields)
    paths = {**FLAT, "/notes": {**FLAT["/notes"], "post": operation(ref("Note"), body=note, status="201")}}
    spec = only(inferred(paths)).spec
    assert spec.create is not None
    assert spec.create.body == private
    assert (spec.create_public.body if spec.create_public else None) == public


def test_publishing_publishes() -> None:
    """After an action of that name everybody may read the object, by design."""
    spec = only(inferred(FLAT)).spec
    assert [(one.name, one.publishes) for one in spec.action] == [("publish", True)]


def test_beside_a_file_a_text_carries_the_marker() -> None:
    """What is in a file is often not shown again, so an optional title is given too."""
    upload = thing("file", file=TEXT | {"format": "binary"}, title=TEXT, tags=TEXT)
    note = thing("id", id=NUMBER, title=TEXT)
    paths = {
        "/notes": {"post": operation(note, body=upload, status="201", media="multipart/form-data")},
        "/notes/{note_id}": {"parameters": variables("note_id"), "get": operation(note)},
    }
    spec = only(inferred(paths)).spec
    assert spec.create is not None
    assert spec.create.multipart is not None
    assert spec.create.multipart["title"] == "{marker}"


SCHEME = {"securitySchemes": {"it": {"type": "http", "scheme": "bearer"}}}
NOTE_LIST: dict[str, Any] = {"type": "array", "items": thing("id", id=TEXT, text=TEXT)}
ASKS: dict[str, Any] = {"security": [{"it": []}]}


def opened(*, list_: bool, read: bool, delete: bool) -> Inference:
    """Return what is inferred where some operations ask for no credential."""
    note = thing("id", id=TEXT, text=TEXT)
    ask = [{} if one else ASKS for one in (list_, read, delete)]
    paths = {
        "/notes": {"get": operation(NOTE_LIST) | ask[0], "post": operation(note, body=thing("text", text=TEXT)) | ASKS},
        "/notes/{note_id}": {
            "parameters": variables("note_id"),
            "get": operation(note) | ask[1],
            "delete": operation(status="204") | ask[2],
        },
    }
    return infer(parsed(paths, components=SCHEME))


def test_what_everybody_may_see_by_the_document_is_readable() -> None:
    """All looks without a credential are a design, beside writes that ask for one."""
    found = opened(list_=True, read=True, delete=False)
    assert found.resources[0].spec.readable
    assert set(found.public) == {"GET /notes", "GET /notes/{note_id}"}


def test_a_list_for_everybody_of_what_only_owners_read_shows_no_content() -> None:
    """An index is no look at private things; whose content it shows is found by its markers."""
    found = opened(list_=True, read=False, delete=False)
    assert not found.resources[0].spec.readable
    assert found.resources[0].spec.listing is None
    assert found.public == ("GET /notes",)


@pytest.mark.parametrize(("read", "delete", "forgotten"), [(True, False, "GET"), (False, True, "DELETE")])
def test_one_operation_without_a_credential_among_others_is_no_design(read: bool, delete: bool, forgotten: str) -> None:
    """What a missing line in the code makes public in the document too is held to be private, and so found."""
    found = opened(list_=False, read=read, delete=delete)
    assert not found.resources[0].spec.readable
    assert found.public == ()
    assert any(line.startswith(f"{forgotten} /notes/{{note_id}} asks for no") for line in found.resources[0].assumed)
