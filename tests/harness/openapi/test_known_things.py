"""Known things and accounts that operations name elsewhere than usual: under another path, or in a body."""

from __future__ import annotations

from typing import Any

import pytest

from harness.openapi import infer
from tests.harness.openapi.documents import TEXT, operation, parsed, thing, variables
from tests.harness.openapi.test_inference import inferred, only
from tests.harness.openapi.test_users import users

ORDER = thing("id", "address", id=TEXT, address=TEXT)
STATUS = thing("status", status=TEXT)
ORDERS: dict[str, Any] = {
    "/orders": {"post": operation(ORDER, body=thing("address", address=TEXT), status="201")},
    "/orders/{order_id}": {"parameters": variables("order_id"), "get": operation(ORDER)},
}
ENTRY = thing("username", "password", username=TEXT, password=TEXT)
ENTRIES: dict[str, Any] = {
    "/register": {"post": operation(thing("id", id=TEXT), body=ENTRY, security=[])},
    "/login": {"post": operation(thing("access_token", access_token=TEXT), body=ENTRY, security=[])},
}
SCHEME = {"type": "http", "scheme": "bearer"}


def test_a_known_thing_under_another_path() -> None:
    """GET /orders/status/{order_id} is about an order, not about a status."""
    path = "/orders/status/{order_id}"
    spec = only(inferred({**ORDERS, path: {"parameters": variables("order_id"), "get": operation(STATUS)}})).spec
    assert [call.operation for call in spec.action] == [f"GET {path}"]


def test_a_thing_of_its_own() -> None:
    """What has a list of its own is not another way to an order."""
    path, listing = "/shipments/{order_id}", {"get": operation({"type": "array", "items": ORDER})}
    item = {"parameters": variables("order_id"), "get": operation(STATUS)}
    found = inferred({**ORDERS, path: item, "/shipments": listing})
    assert all(call.operation != f"GET {path}" for call in only(found).spec.action)


@pytest.mark.parametrize("name", ["username", "user_id", "id", "login"])
def test_a_change_of_the_own_account_that_names_one(name: str) -> None:
    """The account in the body may be anybody's."""
    profile = thing(name, **{name: TEXT, "first_name": TEXT})
    change = {"get": operation(thing("id", id=TEXT)), "put": operation(profile, body=profile)}
    (call,) = users({**ENTRIES, "/profile": change}, SCHEME).account
    assert (call.operation, call.body) == ("PUT /profile", {name: "{user}", "first_name": "h{nonce}"})


def test_a_change_of_the_own_account_that_names_none() -> None:
    """There is nobody else's to name."""
    profile = thing("first_name", first_name=TEXT)
    change = {"get": operation(thing("id", id=TEXT)), "patch": operation(profile, body=profile)}
    assert users({**ENTRIES, "/profile": change}, SCHEME).account == ()


def test_one_of_several_answers_to_a_log_in() -> None:
    """The token is found in whichever of them has it."""
    token = thing("user", user=thing("token", token=TEXT))
    answers = {"anyOf": [thing("flag", flag=TEXT), token]}
    found = infer(parsed({**ENTRIES, "/login": {"post": operation(answers, body=ENTRY, security=[])}})).users
    assert found.login is not None
    assert found.login.credential == "/user/token"


@pytest.mark.parametrize(("name", "field"), [("slug", "body"), ("id", "title")])
def test_an_update_leaves_the_title_that_a_slug_is_made_of(name: str, field: str) -> None:
    """Else the thing would be elsewhere afterwards."""
    article = thing("title", "body", title=TEXT, body=TEXT)
    answer = thing(name, "title", "body", **{name: TEXT, "title": TEXT, "body": TEXT})
    change = thing(title=TEXT, body=TEXT)
    item = {"parameters": variables(name), "get": operation(answer), "patch": operation(answer, body=change)}
    paths = {"/articles": {"post": operation(answer, body=article, status="201")}, f"/articles/{{{name}}}": item}
    (call,) = only(inferred(paths)).spec.update
    assert call.body == {field: "{marker}"}
