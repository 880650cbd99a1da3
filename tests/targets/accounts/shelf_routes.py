"""The items of a user, below that user: the same ones, under a path that says whose they are."""

# ruff: noqa: TC003  (FastAPI reads the annotations at run time)

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from tests.targets.accounts.errors import not_found
from tests.targets.accounts.schemas import ItemChange, ItemList, ItemView
from tests.targets.accounts.service import Caller, Service, Serving, errors
from tests.targets.accounts.state import Account, Item, now
from tests.targets.accounts.strict_route import StrictRoute

router = APIRouter(route_class=StrictRoute)


@router.get("/users/{user_id:uuid}/items", response_model=ItemList, responses=errors(401, 404))
async def list_shelf(service: Serving, caller: Caller, user_id: UUID) -> Response:
    """List one's own items."""
    if not service.parts.may_look_below(caller, user_id):
        raise not_found()
    found = service.state.newest(lambda item: item.owner_id == user_id)
    return service.private({"items": [service.parts.show_item(item) for item in found]})


@router.get("/users/{user_id:uuid}/items/{item_id:uuid}", response_model=ItemView, responses=errors(401, 404))
async def read_on_shelf(service: Serving, caller: Caller, user_id: UUID, item_id: UUID) -> Response:
    """Return an item of one's own."""
    return service.private(service.parts.show_item(_find(service, caller, user_id, item_id)))


@router.patch(
    "/users/{user_id:uuid}/items/{item_id:uuid}", response_model=ItemView, responses=errors(401, 404, 413, 422)
)
async def change_on_shelf(service: Serving, caller: Caller, user_id: UUID, item_id: UUID, body: ItemChange) -> Response:
    """Change an item of one's own."""
    item = _find(service, caller, user_id, item_id)
    for name, value in body.given().items():
        setattr(item, name, value)
    item.owner_id = service.parts.owner_after_change(item, body.unknown())
    item.updated_at = now()
    return service.private(service.parts.show_item(item))


def _find(service: Service, caller: Account, user_id: UUID, item_id: UUID) -> Item:
    item = service.state.items.get(item_id)
    if caller.id != user_id or item is None or not service.parts.may_use_below(caller, item):
        raise service.parts.missing(item)
    return item
