"""Documents of other shapes: silent about their answers, PUT in place of POST, envelopes of JSON:API and HAL."""

from __future__ import annotations

from typing import Any

import pytest

from harness.openapi import infer
from tests.harness.openapi.documents import TEXT, operation, parsed, thing, variables
from tests.harness.openapi.test_inference import inferred, only

ANYTHING: list[Any] = [None, {}, {"type": "object"}, {"type": "object", "additionalProperties": True, "title": "R"}]
ACCOUNT = thing("user", "password", user=TEXT, password=TEXT)
ENTRY = thing("value", value=TEXT)


@pytest.mark.parametrize("answer", ANYTHING)
def test_a_document_that_says_nothing_of_its_answers(answer: Any) -> None:
    """Identifiers, arrays, cursors and credentials are looked for in the usual places, which is said to be assumed."""
    found = inferred(
        {
            "/login": {"post": operation(answer, body=ACCOUNT, security=[])},
            "/me": {"get": operation(answer)},
            "/notes": {
                "post": operation(answer, body=thing("title", title=TEXT), status="201"),
                "get": operation(answer, query=("cursor", "limit")),
            },
            "/notes/{note_id}": {"parameters": variables("note_id"), "get": operation(answer)},
            "/v1/notes": {"get": operation(answer, query=("q",))},
        }
    )
    spec = only(found).spec
    assert (spec.create, spec.listing, spec.search) != (None, None, None)
    assert spec.create is not None
    assert spec.create.id == "/id|/note_id|/_id|/data/id|/note/id|/*/id|/*/note_id"
    assert spec.listing is not None
    assert spec.listing.items.split("|")[:3] == ["", "/notes", "/items"]
    assert spec.listing.pagination is not None
    assert spec.listing.pagination.style == "cursor"
    assert "/paging/next" in str(spec.listing.pagination.next).split("|")
    assert spec.search is not None
    assert spec.search.query == {"q": "{query}"}
    assert len(only(found).assumed) >= 3
    assert found.users.login is not None
    assert {"/token", "/data/access_token", "header:Authorization"} <= set(found.users.login.credential.split("|"))
    assert {"/id", "/username", "/data/id"} <= set(found.users.who_am_i[0].where.split("|"))


def test_put_creates_under_a_name_of_the_callers_choosing() -> None:
    """Where nothing else creates one, and the name is a text that no service makes."""
    item = {"parameters": variables("key"), "get": operation(ENTRY), "put": operation(ENTRY, body=ENTRY)}
    spec = only(inferred({"/entries/{key}": item})).spec
    assert spec.create is not None
    assert (spec.create.operation, spec.create.path, spec.create.id) == (
        "PUT /entries/{key}",
        {"key": "h-{nonce}"},
        "path:key",
    )
    assert [one.operation for one in spec.update] == ["PUT /entries/{key}"]


@pytest.mark.parametrize(
    ("name", "schema"),
    [("entry_id", TEXT), ("key", {"type": "integer"}), ("key", TEXT | {"format": "uuid"}), ("key", {"enum": ["a"]})],
)
def test_put_does_not_create_what_a_service_names(name: str, schema: Any) -> None:
    """An identifier, a number, a UUID or one of a few words is not the caller's to choose."""
    item = {"parameters": variables(name, schema=schema), "get": operation(ENTRY), "put": operation(ENTRY, body=ENTRY)}
    assert inferred({f"/entries/{{{name}}}": item}).resources == ()


def test_users_who_are_given_a_key_and_no_password() -> None:
    """An open operation on users that answers a credential is a sign-up."""
    signup = operation(thing(api_key=TEXT, id=TEXT), body=thing("username", username=TEXT), status="201", security=[])
    found = infer(parsed({"/users": {"post": signup}})).users
    assert found.signup is not None
    assert (found.signup.body, found.signup.credential) == ({"username": "{username}"}, "/api_key")


def envelope(*required: str, attributes: Any) -> dict[str, Any]:
    """Return an object of JSON:API."""
    return thing("data", data=thing(*required, type={"const": "notes"}, id=TEXT, attributes=attributes))


@pytest.mark.parametrize(
    "attributes", [thing(title=TEXT), {"type": "object", "additionalProperties": TEXT}], ids=["named", "any"]
)
@pytest.mark.parametrize(
    ("links", "where"),
    [
        ({"links": thing(next=TEXT)}, "/links/next"),
        ({"_links": thing(next=thing(href=TEXT))}, "/_links/next/href"),
    ],
)
def test_envelopes(attributes: Any, links: dict[str, Any], where: str) -> None:
    """What is changed is what was created, never an identifier; a link leads to the next page."""
    note = envelope("type", "attributes", attributes=thing("title", title=TEXT))
    change = envelope("type", attributes=attributes)
    page = thing(data={"type": "array", "items": note["properties"]["data"]}, **links)
    found = inferred(
        {
            "/notes": {"post": operation(note, body=note, status="201"), "get": operation(page, query=("cursor",))},
            "/notes/{note_id}": {
                "parameters": variables("note_id"),
                "get": operation(note),
                "patch": operation(note, body=change),
            },
        }
    )
    spec = only(found).spec
    written = {"data": {"type": "notes", "attributes": {"title": "{marker}"}}}
    assert spec.create is not None
    assert (spec.create.body, spec.update[0].body) == (written, written)
    assert spec.listing is not None
    assert spec.listing.pagination is not None
    assert (spec.listing.pagination.style, spec.listing.pagination.next) == ("link", where)


def test_bodies_of_documents_that_are_made_from_code() -> None:
    """Fields without a type, all with the same word as their example, are texts; one of them carries the marker."""
    word = {"example": "any"}
    note = {"type": "object", "properties": {"name": word, "kind": word | {"description": "of note"}}}
    found = inferred(
        {
            "/notes": {"post": operation(body=note), "get": operation()},
            "/notes/{noteId}": {"parameters": variables("noteId"), "get": operation(), "delete": operation()},
        }
    )
    spec = only(found).spec
    assert spec.create is not None
    assert spec.create.body == {"name": "{marker}", "kind": "{marker}"}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "format": "uuid"}, "{uuid}"),
        ({"type": "integer", "format": "int64"}, "{number}"),
        (TEXT, "h-{nonce}"),
    ],
)
def test_an_identifier_that_is_sent_and_shown_is_another_one_each_time(schema: Any, value: str) -> None:
    """One schema for both requires it of callers: an example would be the same for every object; a change keeps it."""
    note = thing("id", "title", id=schema, title=TEXT)
    found = inferred(
        {
            "/notes": {"post": operation(note, body=note, status="201")},
            "/notes/{id}": {"parameters": variables("id"), "get": operation(note), "put": operation(note, body=note)},
        }
    )
    resource = only(found)
    assert resource.spec.create is not None
    assert (resource.spec.create.body, resource.spec.create.id) == ({"id": value, "title": "{marker}"}, "/id")
    assert [each.body for each in resource.spec.update] == [{"id": "{id}", "title": "{marker}"}]
    assert "POST /notes requires id: each object gets another one" in resource.assumed


@pytest.mark.parametrize(
    ("schema", "parent"),
    [({"type": "integer"}, "board"), ({"type": "string", "format": "uuid"}, "board"), (TEXT, None)],
)
def test_a_required_number_that_bears_the_name_of_a_thing_is_its_identifier(schema: Any, parent: str | None) -> None:
    """As Django REST framework describes foreign keys; a text of that name may be any word."""
    board, card = thing("title", id=TEXT, title=TEXT), thing("board", "title", id=TEXT, board=schema, title=TEXT)
    found = inferred(
        {
            "/cards": {"post": operation(card, body=card, status="201")},
            "/cards/{id}": {"parameters": variables("id"), "put": operation(card, body=card)},
            "/boards": {"post": operation(board, body=board, status="201")},
            "/boards/{id}": {"parameters": variables("id"), "get": operation(board)},
        }
    )
    spec = {each.spec.name: each.spec for each in found.resources}["card"]
    assert spec.parent == parent
    assert spec.create is not None
    if parent is not None:
        assert spec.create.body == {"board": "{parent}", "title": "{marker}"}
        assert [each.body for each in spec.update] == [{"board": "{parent}", "title": "{marker}"}]


@pytest.mark.parametrize(
    ("name", "schema", "value"),
    [
        ("user_id", {"type": "integer"}, "{user_number}"),
        ("ownerId", TEXT, "{user}"),
        ("author", {"type": "string", "format": "uuid"}, "{user}"),
        ("author", TEXT, "{marker}"),
    ],
)
def test_a_user_that_is_required_is_the_acting_one(name: str, schema: Any, value: str) -> None:
    """In a body or a query; an author that may be any text is content."""
    note = thing(name, "title", id=TEXT, title=TEXT, **{name: schema})
    listing = operation({"type": "array", "items": note})
    listing["parameters"] = [{"name": name, "in": "query", "required": True, "schema": schema}]
    found = inferred(
        {
            "/notes": {"post": operation(note, body=note, status="201"), "get": listing},
            "/notes/{id}": {"parameters": variables("id"), "get": operation(note)},
        }
    )
    spec = only(found).spec
    assert spec.create is not None
    assert spec.create.body == {name: value, "title": "{marker}"}
    assert spec.listing is not None
    assert spec.listing.query == {name: value}
    told = f"{name} of POST /notes is the acting user"
    assert (told in only(found).assumed) == value.startswith("{user")


def test_where_customers_are_what_users_own_a_customer_is_no_user() -> None:
    """The one that an order is for has to be created first."""
    customer = thing("name", id=TEXT, name=TEXT)
    order = thing("customer_id", "title", id=TEXT, customer_id=TEXT, title=TEXT)
    found = inferred(
        {
            "/customers": {"post": operation(customer, body=customer, status="201")},
            "/customers/{id}": {"parameters": variables("id"), "get": operation(customer)},
            "/orders": {"post": operation(order, body=order, status="201")},
            "/orders/{id}": {"parameters": variables("id"), "get": operation(order)},
        }
    )
    spec = {each.spec.name: each.spec for each in found.resources}["order"]
    assert spec.create is not None
    assert (spec.parent, spec.create.body) == ("customer", {"customer_id": "{parent}", "title": "{marker}"})


def test_an_identifier_that_nobody_requires_is_not_sent() -> None:
    """The service chooses it."""
    note = thing("title", id=TEXT, title=TEXT)
    found = inferred(
        {
            "/notes": {"post": operation(note, body=note, status="201")},
            "/notes/{id}": {"parameters": variables("id"), "get": operation(note)},
        }
    )
    create = only(found).spec.create
    assert create is not None
    assert create.body == {"title": "{marker}"}


def test_a_thing_that_its_paths_call_by_itself_and_who_is_let_into_it() -> None:
    """`{space}` is whatever name a space has; its members are users, and who lets them in names one there is."""
    space, guest = thing("slug", slug=TEXT, name=TEXT), thing("username", username=TEXT, role=TEXT)
    one, many = operation(space), {"type": "array", "items": space}
    found = infer(
        parsed(
            {
                "/spaces": {
                    "post": operation(space, body=thing("name", name=TEXT), status="201"),
                    "get": operation(many),
                },
                "/spaces/{space}": {"parameters": variables("space"), "get": one},
                "/spaces/{space}/members": {
                    "parameters": variables("space"),
                    "get": operation({"type": "array", "items": guest}),
                    "post": operation(guest, body=guest, status="201"),
                },
                "/spaces/{space}/members/{username}": {
                    "parameters": variables("space", "username"),
                    "delete": operation(status="204"),
                },
            }
        )
    )
    spec = only(found).spec
    assert spec.create is not None
    assert (spec.name, spec.create.id) == ("space", "/slug")
    assert [one.operation for one in spec.action] == ["GET /spaces/{space}/members"]
    assert spec.admit is not None
    assert (spec.admit.operation, spec.admit.body["username"]) == ("POST /spaces/{space}/members", "{guest_name}")
    assert "let in" in found.not_understood["DELETE /spaces/{space}/members/{username}"]
