"""What an account has without creating it: a card, and points under its customer number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response

from tests.targets.accounts.errors import not_found
from tests.targets.accounts.schemas import CardList, CardView, Points
from tests.targets.accounts.service import Caller, Service, Serving, errors
from tests.targets.accounts.strict_route import StrictRoute

if TYPE_CHECKING:
    from tests.targets.accounts.parts import AccountRule
    from tests.targets.accounts.state import Account

router = APIRouter(route_class=StrictRoute)


@router.get("/cards", response_model=CardList, responses=errors(401))
async def list_cards(service: Serving, caller: Caller) -> Response:
    """List one's own cards: there is one."""
    return service.private({"cards": [_card(caller)]})


@router.get("/cards/{card_number}", response_model=CardView, responses=errors(401, 404))
async def read_card(service: Serving, caller: Caller, card_number: str) -> Response:
    """Return a card of one's own."""
    found = _find(service, caller, "card_number", card_number, service.parts.may_see_card)
    return service.private(_card(found))


@router.get("/points/{customer_number}", response_model=Points, responses=errors(401, 404))
async def read_points(service: Serving, caller: Caller, customer_number: str) -> Response:
    """Return how many points a customer has: oneself."""
    found = _find(service, caller, "customer_number", customer_number, service.parts.may_see_points)
    return service.private({"username": found.username, "points": 100})


def _find(service: Service, caller: Account, name: str, number: str, permitted: AccountRule) -> Account:
    found = next((each for each in service.state.accounts.values() if getattr(each, name) == number), None)
    if found is None or not permitted(caller, found):
        raise not_found()
    return found


def _card(account: Account) -> dict[str, str]:
    return {"number": account.card_number, "holder": account.display_name}
