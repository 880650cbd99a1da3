"""Which changes of a document break a client, and which do not."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from harness.openapi import drift
from tests.harness.openapi.documents import NUMBER, TEXT, operation, parsed, ref, thing, variables

if TYPE_CHECKING:
    from collections.abc import Callable

PATHS: dict[str, Any] = {
    "/notes": {
        "get": operation({"type": "array", "items": ref("Note")}, query=("limit",)),
        "post": operation(ref("Note"), body=ref("NewNote"), status="201"),
    },
    "/notes/{id}": {"parameters": variables("id"), "delete": operation(status="204")},
}
SCHEMAS: dict[str, Any] = {
    "Note": thing("id", "state", id=NUMBER, text=TEXT, state={"enum": ["a", "b"]}, next=ref("Note")),
    "NewNote": thing("text", text=TEXT | {"maxLength": 100}, kind=TEXT, mode={"enum": ["x", "y"]}),
}


def _changed(change: Callable[[dict[str, Any], dict[str, Any]], object]) -> list[tuple[bool, str]]:
    paths, schemas = copy.deepcopy(PATHS), copy.deepcopy(SCHEMAS)
    change(paths, schemas)
    found = drift(parsed(PATHS, schemas=SCHEMAS), parsed(paths, schemas=schemas))
    return [(one.breaking, f"{one.operation} | {one.place} | {one.sentence}") for one in found]


BREAKING: list[tuple[Any, str]] = [
    (lambda paths, _: paths["/notes"].pop("get"), "GET /notes |  | the operation is gone"),
    (
        lambda _, schemas: schemas["Note"]["properties"].pop("text"),
        "GET /notes | response 200/items/text | the field is gone",
    ),
    (lambda _, schemas: schemas["Note"]["required"].remove("id"), "response 200/items/id | the field is optional now"),
    (lambda _, schemas: schemas["Note"]["properties"].update(id=TEXT), "/id | the type changed from integer to string"),
    (
        lambda _, schemas: schemas["Note"]["properties"].update(text={"type": ["string", "null"]}),
        "/text | the type changed from string to null or string",
    ),
    (
        lambda _, schemas: schemas["Note"]["properties"]["state"]["enum"].append("c"),
        "/state | values are returned that",
    ),
    (
        lambda _, schemas: schemas["NewNote"]["required"].append("kind"),
        "POST /notes | request/kind | the field is required now",
    ),
    (
        lambda _, schemas: schemas["NewNote"]["properties"]["text"].update(maxLength=50),
        "request/text | maxLength is stricter: 100 -> 50",
    ),
    (
        lambda _, schemas: schemas["NewNote"]["properties"]["text"].update(minLength=5),
        "minLength is stricter: none -> 5",
    ),
    (lambda _, schemas: schemas["NewNote"]["properties"]["text"].update(pattern="^a"), "the pattern changed"),
    (
        lambda _, schemas: schemas["NewNote"]["properties"]["mode"]["enum"].pop(),
        "request/mode | values are not accepted any more",
    ),
    (
        lambda _, schemas: schemas["NewNote"]["properties"].update(kind=NUMBER),
        "request/kind | the type changed from string to integer",
    ),
    (
        lambda paths, _: paths["/notes/{id}"]["delete"]["responses"].pop("204"),
        "response 204 | the status is not documented any more",
    ),
    (lambda paths, _: paths["/notes"]["get"].update(parameters=[]), "query parameter limit | the parameter is gone"),
    (
        lambda paths, _: paths["/notes"]["get"]["parameters"].append(
            {"name": "q", "in": "query", "required": True, "schema": TEXT}
        ),
        "query parameter q | the parameter is required now",
    ),
    (
        lambda paths, _: paths["/notes"]["post"]["responses"]["201"].update(content={"text/plain": {}}),
        "response 201 application/json | the media type is gone",
    ),
]


@pytest.mark.parametrize(("change", "expected"), BREAKING, ids=lambda value: value if isinstance(value, str) else "")
def test_a_breaking_change_is_named(change: Any, expected: str) -> None:
    """What a client relied on is gone, wider in an answer or narrower in a request."""
    found = _changed(change)
    assert any(breaking and expected in text for breaking, text in found), found


HARMLESS: list[Any] = [
    lambda _, __: None,
    lambda paths, _: paths.update({"/new": {"get": operation()}}),
    lambda paths, _: paths.update(
        {"/notes/{note_id}": paths.pop("/notes/{id}") | {"parameters": variables("note_id")}}
    ),
    lambda _, schemas: schemas["Note"]["properties"].update(extra=TEXT),
    lambda _, schemas: schemas["Note"]["required"].append("text"),
    lambda _, schemas: schemas["Note"]["properties"]["state"]["enum"].pop(),
    lambda _, schemas: schemas["NewNote"]["properties"].update(extra=TEXT),
    lambda _, schemas: schemas["NewNote"]["required"].clear(),
    lambda _, schemas: schemas["NewNote"]["properties"]["text"].update(maxLength=200),
    lambda _, schemas: schemas["NewNote"]["properties"].update(kind={"type": ["string", "null"]}),
    lambda _, schemas: schemas.update(Note={"allOf": [schemas["Note"]]}),
    lambda paths, _: paths["/notes"]["get"]["responses"].update({"400": {"description": ""}}),
]


@pytest.mark.parametrize("change", HARMLESS)
def test_an_addition_breaks_nobody(change: Any) -> None:
    """More operations, fields and statuses, looser input, other names of path parameters: nothing breaks."""
    assert [text for breaking, text in _changed(change) if breaking] == []


def test_breaking_changes_come_first() -> None:
    """A reader sees what matters first, and harmless changes are told too."""

    def change(paths: dict[str, Any], _: dict[str, Any]) -> None:
        paths["/a"] = {"get": operation()}
        del paths["/notes"]["post"]

    assert [breaking for breaking, _ in _changed(change)] == [True, False]
