"""What only administrators may do."""

# ruff: noqa: TC001, TC003  (FastAPI reads the annotations at run time)

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from tests.targets.accounts.errors import not_found
from tests.targets.accounts.item_routes import Page, PerPage
from tests.targets.accounts.schemas import AccountPage, Me, RoleChange
from tests.targets.accounts.service import Caller, Serving, allow, errors
from tests.targets.accounts.service import page as one_page
from tests.targets.accounts.strict_route import StrictRoute

router = APIRouter(prefix="/admin", route_class=StrictRoute)


@router.get("/users", response_model=AccountPage, responses=errors(401, 403, 422))
async def list_users(service: Serving, caller: Caller, page: Page = 1, per_page: PerPage = 20) -> Response:
    """List all accounts."""
    allow(service.parts.may_list_users(caller))
    content = one_page(list(service.state.accounts.values()), page, per_page, service.parts.show_me)
    return service.private({"users": content.pop("entries"), **content})


@router.patch("/users/{user_id:uuid}", response_model=Me, responses=errors(401, 403, 404, 413, 422))
async def set_role(service: Serving, caller: Caller, user_id: UUID, body: RoleChange) -> Response:
    """Give an account another role."""
    allow(service.parts.may_set_roles(caller))
    account = service.state.accounts.get(user_id)
    if account is None:
        raise not_found()
    account.role = body.role
    return service.private(service.parts.show_me(account))
