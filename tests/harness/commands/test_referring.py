"""A creation that names something which nobody creates takes it from the list of what there is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.commands.infer import infer_scenario
from harness.commands.target import with_users
from tests.harness.openapi.documents import NUMBER, TEXT, document, operation, thing, variables

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from tests.targets.common.running import Stage

ENTRY = thing("username", "password", username=TEXT, password=TEXT)
LINE = thing("product_id", product_id=NUMBER)
ORDER = thing("id", id=NUMBER | {"readOnly": True}, text=TEXT)
PRODUCT = thing("id", id=NUMBER)
PLACED = thing("text", "lines", text=TEXT, lines={"type": "array", "minItems": 1, "items": LINE})
PATHS: dict[str, Any] = {
    "/signup": {"post": operation(thing("access_token", access_token=TEXT), body=ENTRY, status="201", security=[])},
    "/products": {"get": operation({"type": "object", "properties": {"items": {"type": "array", "items": PRODUCT}}})},
    "/orders": {"post": operation(ORDER, body=PLACED, status="201")},
    "/orders/{id}": {"parameters": variables("id", schema=NUMBER), "get": operation(ORDER)},
}
THERE = (31, 32, 33)


class Shop:
    """A shop with three products; `sold` are those that may be ordered, `once` says that each may be had once."""

    def __init__(self, sold: tuple[int, ...], *, once: bool = False) -> None:
        self.sold, self.once, self.had = sold, once, list[int]()

    async def order(self, request: Request) -> Response:
        """Take an order of what is sold."""
        product = json.loads(await request.body())["lines"][0]["product_id"]
        if product not in self.sold or (self.once and product in self.had):
            return JSONResponse({"error": "no such product"}, 404)
        self.had.append(product)
        return JSONResponse({"id": len(self.had), "text": ""}, 201)

    def application(self) -> Starlette:
        """Serve it."""

        async def described(_request: Request) -> Response:
            schemes = {"token": {"type": "http", "scheme": "bearer"}}
            security: list[dict[str, list[str]]] = [{"token": []}]
            return JSONResponse(document(PATHS, components={"securitySchemes": schemes}, security=security))

        async def listed(_request: Request) -> Response:
            return JSONResponse({"items": [{"id": each} for each in THERE]})

        async def signed_up(_request: Request) -> Response:
            return JSONResponse({"access_token": "one-token"}, 201)

        routes = [Route("/openapi.json", described), Route("/products", listed)]
        routes += [Route("/signup", signed_up, methods=["POST"]), Route("/orders", self.order, methods=["POST"])]
        return Starlette(routes=routes)


@pytest.mark.parametrize(
    ("shop", "taken"),
    [
        (Shop(THERE), list(THERE)),
        (Shop((32, 33)), [32, 33]),
        (Shop((1, *THERE), once=True), list(THERE)),
        (Shop((1, *THERE)), None),
        (Shop(()), None),
    ],
    ids=["others", "some are sold", "each once", "the example will do", "nothing is sold"],
)
async def test_a_new_user_finds_out_which_are_accepted(
    theatre: Stage, tmp_path: Path, shop: Shop, taken: list[int] | None
) -> None:
    """Where two creations with the example of the schema are accepted, or none is with another one, it stays."""
    found = await infer_scenario(theatre.show(shop.application()), tmp_path)
    create = found.scenario.resource[0].create
    assert create is not None
    assert create.among == ({} if taken is None else {"product_id": taken})
    assert create.body["lines"] == [{"product_id": 1 if taken is None else "{product_id}"}]


async def test_a_given_user_creates_nothing_to_find_out(
    theatre: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the list tells is taken as it is."""
    shop = Shop(THERE)
    monkeypatch.setenv("ALICE", "one-token")
    monkeypatch.setenv("BOB", "other-token")
    tokens = ["alice=env:ALICE", "bob=env:BOB"]
    url = theatre.show(shop.application())
    found = await infer_scenario(url, tmp_path, given=lambda scenario: with_users(scenario, tokens))
    create = found.scenario.resource[0].create
    assert create is not None
    assert create.among == {"product_id": list(THERE)}
    assert shop.had == []
