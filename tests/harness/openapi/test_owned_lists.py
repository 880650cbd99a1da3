"""What stands below the user it belongs to, and is created elsewhere or there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness.openapi.documents import NUMBER, TEXT, operation, thing, variables
from tests.harness.openapi.test_inference import inferred, only

ORDER = thing("id", "text", id=NUMBER | {"readOnly": True}, user_id=NUMBER, text=TEXT)
ORDERS = {"type": "array", "items": ORDER}
ENTRY = thing("username", "password", username=TEXT, password=TEXT)
USERS = {
    "/register": {"post": operation(thing("id", id=NUMBER), body=ENTRY, security=[])},
    "/login": {"post": operation(thing("token", token=TEXT), body=ENTRY, security=[])},
}
CREATE = {"post": operation(ORDER, body=thing("text", text=TEXT))}
ITEM = {"parameters": variables("order_id"), "get": operation(ORDER)}
BELOW = {"parameters": variables("user_id"), "get": operation(ORDERS)}


@pytest.mark.parametrize(
    "paths",
    [
        {"/orders": CREATE, "/orders/{order_id}": ITEM, "/users/{user_id}/orders": BELOW},
        {"/orders": CREATE, "/users/{user_id}/orders": BELOW},
        {"/orders": CREATE, "/orders/{order_id}": ITEM, "/orders/user/{user_id}": BELOW},
        {"/orders": CREATE, "/orders/user/{user_id}": BELOW},
    ],
    ids=["with items", "without items", "beside the items", "beside what creates them"],
)
def test_a_list_below_a_user_is_that_of_what_is_created_elsewhere(paths: dict[str, Any]) -> None:
    """The acting user is named in its path; no creation that shows its user is taken for one of users."""
    spec = only(inferred({**USERS, **paths})).spec
    assert spec.create is not None
    assert spec.listing is not None
    assert (spec.create.operation, spec.create.id) == ("POST /orders", "/id")
    assert spec.listing.path == {"user_id": "{user}"}


def test_beside_another_list_it_is_looked_at_by_itself() -> None:
    """Both lists, and both ways to an item, are of the same things."""
    paths: dict[str, Any] = {
        "/orders": CREATE | {"get": operation(ORDERS)},
        "/orders/{order_id}": ITEM,
        "/users/{user_id}/orders": BELOW,
        "/users/{user_id}/orders/{order_id}": {
            "parameters": variables("user_id", "order_id"),
            "get": operation(ORDER),
        },
    }
    specs = {one.spec.name: one.spec for one in inferred({**USERS, **paths}).resources}
    assert set(specs) == {"order", "user_order"}
    other = specs["user_order"]
    assert other.create is not None
    assert other.read is not None
    assert other.create.operation == "POST /orders"
    assert other.read.path == {"user_id": "{user}"}


def test_what_is_no_list_by_user_stays_as_it_is() -> None:
    """One user of an order, and a second list of orders."""
    user = {"parameters": variables("user_id"), "get": operation(thing("id", "name", id=NUMBER, name=TEXT))}
    spec = only(inferred({**USERS, "/orders": CREATE, "/orders/{order_id}": ITEM, "/orders/user/{user_id}": user})).spec
    assert spec.listing is None
    both = {"/orders": CREATE | {"get": operation(ORDERS)}, "/orders/{order_id}": ITEM, "/orders/user/{user_id}": BELOW}
    specs = {one.spec.name: one.spec for one in inferred({**USERS, **both}).resources}
    assert set(specs) == {"order", "user_order"}
    assert specs["user_order"].listing is not None
    assert specs["user_order"].listing.path == {"user_id": "{user}"}


@pytest.mark.parametrize(("variable", "says"), [("username", "{username}"), ("user_id", "{user}")])
def test_a_user_may_stand_before_everything(variable: str, says: str) -> None:
    """/api/{username}/notes: what is below belongs to whoever is named, and is not called after the prefix."""
    place = f"/api/v1/{{{variable}}}"
    found = inferred(
        {
            **USERS,
            f"{place}/note": {"parameters": variables(variable), **CREATE},
            f"{place}/notes": {"parameters": variables(variable), "get": operation(ORDERS)},
            f"{place}/note/{{id}}": {"parameters": variables(variable, "id"), "get": operation(ORDER)},
        }
    )
    spec = only(found).spec
    assert spec.name == "note"
    assert {verb: spec.calls(verb)[0].path for verb in ("create", "read", "list")} == {
        verb: {variable: says} for verb in ("create", "read", "list")
    }


def test_verbs_in_paths() -> None:
    """/createOrder answers the order's identifier, not that of the user whom it shows, too."""
    found = inferred(
        {
            **USERS,
            "/createOrder": CREATE,
            "/getOrder": {"get": operation(ORDER, query=("orderId",))},
            "/deleteOrder": {"post": operation(thing(ok=TEXT), body=thing("orderId", orderId=NUMBER))},
        }
    )
    assert only(found).spec.verbs == {"create", "read", "delete"}


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        (TEXT, ""),
        (thing(message=TEXT), "/id|/order_id|/_id|/data/id|/order/id|/*/id|/*/order_id"),
        (thing(status=TEXT, details=thing()), "/details/id|/details/order_id|/details/_id"),
    ],
    ids=["one value", "only that all went well", "an object of which nothing is said"],
)
def test_where_an_identifier_may_be_that_is_not_described(answer: Any, where: str) -> None:
    """It is the whole answer, in the one object that is not described, or in the usual places."""
    create = {"post": operation(answer, body=thing("text", text=TEXT))}
    spec = only(inferred({"/orders": create, "/orders/{order_id}": ITEM})).spec
    assert spec.create is not None
    assert spec.create.id == where
