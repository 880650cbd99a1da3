"""Items: one's own, and what their owners show to everybody."""

# ruff: noqa: TC003  (FastAPI reads the annotations at run time)

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from tests.targets.accounts.schemas import Deleted, ItemChange, ItemIds, ItemList, ItemPage, ItemView, NewItem
from tests.targets.accounts.service import Caller, Service, Serving, Visitor, errors, page
from tests.targets.accounts.state import Account, Item, now
from tests.targets.accounts.strict_route import StrictRoute

if TYPE_CHECKING:
    from collections.abc import Callable

router = APIRouter(route_class=StrictRoute)

Page = Annotated[int, Query(ge=1, le=10_000)]
PerPage = Annotated[int, Query(ge=1, le=100)]
IdempotencyKey = Annotated[str, Header(max_length=255)]
Search = Annotated[str, Query(max_length=100)]


@router.get("/items", response_model=ItemPage, responses=errors(401, 422))
async def list_items(
    service: Serving, caller: Caller, page: Page = 1, per_page: PerPage = 20, search: Search = ""
) -> Response:
    """List one's own items, newest first, or those whose title or body holds a text."""
    return service.private(_own_page(service, caller, search, (page, per_page)))


@router.post("/items", status_code=201, response_model=ItemView, responses=errors(401, 413, 422))
async def create_item(
    service: Serving, caller: Caller, body: NewItem, idempotency_key: IdempotencyKey = ""
) -> Response:
    """Create an item; whoever repeats the request with the same key is answered with what it created."""
    kept = service.parts.kept_under(caller, idempotency_key) if idempotency_key else None
    known = service.state.items.get(service.state.created[kept]) if kept in service.state.created else None
    if known is not None:
        return service.private(service.parts.show_item(known), 201)
    owner, item_id = service.parts.owner_of_new(caller, body.unknown()), service.parts.id_of_new(body.unknown())
    item = Item(owner_id=owner, id=item_id, **{name: getattr(body, name) for name in NewItem.model_fields})
    service.parts.on_link(item.link)
    service.state.items[item.id] = item
    if kept is not None:
        service.state.created[kept] = item.id
    return service.private(service.parts.show_item(item), 201)


@router.get("/items/public", response_model=ItemPage, responses=errors(422))
async def list_public_items(service: Serving, page: Page = 1, per_page: PerPage = 20) -> Response:
    """List the items that their owners made public; nobody need log in."""
    found = service.state.newest(service.parts.shown_to_all)
    return service.private(_items(service, found, (page, per_page)))


@router.get("/items/export", include_in_schema=False)
async def export_items(service: Serving, caller: Caller) -> Response:
    """Return one's own items as a table; it was made for one client, and no document names it."""
    rows = service.state.newest(lambda item: service.parts.exported(caller, item))
    table = io.StringIO()
    csv.writer(table).writerows([item.id, item.title, item.body] for item in rows)
    return Response(table.getvalue(), media_type="text/csv", headers=dict(service.parts.private_headers))


@router.post("/items/lookup", response_model=ItemList, responses=errors(401, 413, 422))
async def look_up_items(service: Serving, caller: Caller, body: ItemIds) -> Response:
    """Return those of many items that are public or one's own."""
    found = service.parts.shown_of_many(caller, _named(service, body))
    return service.private({"items": [service.parts.show_item(item) for item in found]})


@router.post("/items/delete", response_model=Deleted, responses=errors(401, 413, 422))
async def delete_items(service: Serving, caller: Caller, body: ItemIds) -> Response:
    """Delete those of many items that are one's own."""
    found = service.parts.deleted_of_many(caller, _named(service, body))
    for item in found:
        service.parts.remove_item(service.state, item)
    return service.private({"deleted": len(found)})


@router.get(
    "/items/{item_id:uuid}",
    response_model=ItemView,
    responses=errors(404),
    openapi_extra={"security": [{}]},  # beside the session: it is optional here
)
async def read_item(service: Serving, visitor: Visitor, item_id: UUID) -> Response:
    """Return an item that is public or one's own."""
    item = service.state.items.get(item_id)
    if item is None or not service.parts.may_read(visitor, item):
        raise service.parts.missing(item)
    return service.private(service.parts.show_item(item))


@router.patch("/items/{item_id:uuid}", response_model=ItemView, responses=errors(401, 404, 413, 422))
async def change_item(service: Serving, caller: Caller, item_id: UUID, body: ItemChange) -> Response:
    """Change an item of one's own."""
    item = _find(service, caller, item_id, service.parts.may_update)
    for name, value in body.given().items():
        setattr(item, name, value)
    service.parts.on_link(body.given().get("link", ""))
    item.owner_id = service.parts.owner_after_change(item, body.unknown())
    item.updated_at = now()
    return service.private(service.parts.show_item(item))


@router.post("/items/{item_id:uuid}/publish", response_model=ItemView, responses=errors(401, 404))
async def publish_item(service: Serving, caller: Caller, item_id: UUID) -> Response:
    """Show an item of one's own to everybody; doing so again changes nothing."""
    item = _find(service, caller, item_id, service.parts.may_publish)
    item.visibility = "public"
    return service.private(service.parts.show_item(item))


@router.delete("/items/{item_id:uuid}", status_code=204, response_class=Response, responses=errors(401, 404))
async def delete_item(service: Serving, caller: Caller, item_id: UUID) -> Response:
    """Delete an item of one's own."""
    item = _find(service, caller, item_id, service.parts.may_delete)
    service.parts.remove_item(service.state, item)
    response = service.emptied()
    response.status_code = service.parts.deleted_status
    return response


def _named(service: Service, body: ItemIds) -> list[Item]:
    return [service.state.items[item_id] for item_id in dict.fromkeys(body.item_ids) if item_id in service.state.items]


def _find(service: Service, caller: Account, item_id: UUID, rule: Callable[[Account, Item], bool]) -> Item:
    item = service.state.items.get(item_id)
    if item is None or not rule(caller, item):
        raise service.parts.missing(item)
    return item


def _own_page(service: Service, caller: Account, search: str, window: tuple[int, int]) -> dict[str, object]:
    rule = service.parts.searched if search else service.parts.listed
    text = search.casefold()
    found = service.state.newest(lambda item: rule(caller, item) and service.parts.holds(item, text))
    content = _items(service, found, window)
    if not search:
        size = len(service.state.newest(lambda item: service.parts.counted(caller, item)))
        content |= {"total": size, "pages": -(-size // window[1])}
    return content


def _items(service: Service, found: list[Item], window: tuple[int, int]) -> dict[str, object]:
    content = page(found, *window, service.parts.show_item)
    return {"items": content.pop("entries") or service.parts.show_empty(), **content}
