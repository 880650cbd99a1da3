"""The replaceable parts of the service, sound by default: a flaw is another value for one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID, uuid4

from tests.targets.accounts.errors import ApiError, not_found, unauthenticated
from tests.targets.accounts.passwords import Lockout, verify
from tests.targets.accounts.state import Account, Item, State, new_token
from tests.targets.common.strict_json import parse

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.types import ASGIApp

Rule = Callable[[Account, Item], bool]
"""Whether an account may do something with an item."""
Choice = Callable[[Account, Sequence[Item]], list[Item]]
"""Which of many items that an account has named it may do something with."""
AccountRule = Callable[[Account, Account], bool]
"""Whether an account may do something with another one."""


Named = Callable[[State, Account, Mapping[str, Any]], Account]
"""Whose account is meant by a caller and what a request says beside: its query, or members that no schema names."""


class Authenticate(Protocol):
    """Finds the account behind a request."""

    async def __call__(self, state: State, request: Request, token: str | None, /) -> Account | None:
        """Return the account whose session the token is, or None."""


async def by_session(state: State, _request: Request, token: str | None) -> Account | None:
    """Return the account of a live session."""
    account_id = state.sessions.account_id(token) if token else None
    return state.accounts.get(account_id) if account_id else None


def own(account: Account, item: Item) -> bool:
    """Only the owner."""
    return item.owner_id == account.id


def public(item: Item) -> bool:
    """Only what its owner made public."""
    return item.visibility == "public"


def readable(account: Account | None, item: Item) -> bool:
    """Everybody may read what is public, the owner everything."""
    return public(item) or (account is not None and own(account, item))


def all_own(account: Account, items: Sequence[Item]) -> list[Item]:
    """Return those of many items that the account owns."""
    return [item for item in items if own(account, item)]


def all_readable(account: Account, items: Sequence[Item]) -> list[Item]:
    """Return those of many items that the account may read."""
    return [item for item in items if readable(account, item)]


def is_admin(account: Account) -> bool:
    """Only administrators."""
    return account.role == "admin"


def always_user(_unknown: Mapping[str, Any]) -> str:
    """Whoever signs up is a plain user, whatever else the body says."""
    return "user"


def same_role(account: Account, _unknown: Mapping[str, Any]) -> str:
    """Changing a profile changes no role."""
    return account.role


def creator(account: Account, _unknown: Mapping[str, Any]) -> Any:
    """An item belongs to whoever creates it."""
    return account.id


def fresh_id(_unknown: Mapping[str, Any]) -> UUID:
    """The service names its items itself, whatever else the body says."""
    return uuid4()


def kept_for_oneself(account: Account, key: str) -> object:
    """An idempotency key is that of the account that has chosen it."""
    return account.id, key


def same_owner(item: Item, _unknown: Mapping[str, Any]) -> Any:
    """Changing an item changes no owner."""
    return item.owner_id


def named_oneself(caller: Account, user_id: UUID) -> bool:
    """What stands below a user is that user's."""
    return caller.id == user_id


def the_caller(_state: State, caller: Account, _given: Mapping[str, Any]) -> Account:
    """One's own account is the caller's, whatever else a request says."""
    return caller


def nothing_more(_account: Account | None, _code: str) -> dict[str, Any]:
    """Whoever asks for a new password is told nothing more, whether there is such an account or not."""
    return {}


def oneself(caller: Account, account: Account) -> bool:
    """An account is its owner's."""
    return caller.id == account.id


def fresh_token(_presented: str | None, _state: State) -> str:
    """A login always makes a new token, whatever cookie came with it."""
    return new_token()


def end_all_sessions(state: State, account: Account) -> None:
    """End every session of the account."""
    state.sessions.close_all(account)


def end_session(state: State, token: str) -> None:
    """End the one session that logs out."""
    state.sessions.close(token)


def login_refused(_account: Account | None) -> ApiError:
    """Answer alike whether the name or the password is wrong."""
    return unauthenticated("the user name or the password is wrong")


def missing(_item: Item | None) -> ApiError:
    """Answer alike whether an item is unknown or somebody else's."""
    return not_found()


def holds(item: Item, text: str) -> bool:
    """Whether the title or the body of an item holds a text in lower case."""
    return text in f"{item.title}\n{item.body}".casefold()


def bare(app: ASGIApp) -> ASGIApp:
    """Put nothing around the application."""
    return app


def show_me(account: Account) -> dict[str, Any]:
    """Return an account as its owner and administrators see it."""
    names = ("username", "email", "display_name", "role", "customer_number", "created_at")
    return {"id": str(account.id), **{name: getattr(account, name) for name in names}}


def show_profile(account: Account) -> dict[str, Any]:
    """Return an account as others see it."""
    return {"id": str(account.id), "username": account.username, "display_name": account.display_name}


def show_item(item: Item) -> dict[str, Any]:
    """Return an item as it is sent."""
    names = ("title", "body", "link", "visibility", "created_at", "updated_at")
    return {"id": str(item.id), "owner_id": str(item.owner_id), **{name: getattr(item, name) for name in names}}


def left_alone(_link: str) -> None:
    """A link is for people to follow."""


def remove_item(state: State, item: Item) -> None:
    """Delete an item."""
    state.items.pop(item.id, None)


def invalid(_error: Exception) -> str:
    """Say that the input is not acceptable, and nothing about how that was found out."""
    return "the input does not match the description of this operation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that a flaw may replace."""

    authenticate: Authenticate = by_session

    may_read: Callable[[Account | None, Item], bool] = readable
    may_update: Rule = own
    may_delete: Rule = own
    may_publish: Rule = own
    may_use_below: Rule = own
    may_look_below: Callable[[Account, UUID], bool] = named_oneself
    listed: Rule = own
    searched: Rule = own
    counted: Rule = own
    exported: Rule = own
    deleted_of_many: Choice = all_own
    shown_of_many: Choice = all_readable
    shown_to_all: Callable[[Item], bool] = public
    may_list_users: Callable[[Account], bool] = is_admin
    shown_as_own: Named = the_caller
    changed_as_own: Named = the_caller
    may_change_account: AccountRule = oneself
    may_set_password: AccountRule = oneself
    may_see_card: AccountRule = oneself
    may_see_points: AccountRule = oneself
    may_delete_account: AccountRule = oneself
    may_set_roles: Callable[[Account], bool] = is_admin

    role_at_sign_up: Callable[[Mapping[str, Any]], str] = always_user
    role_after_change: Callable[[Account, Mapping[str, Any]], str] = same_role
    owner_of_new: Callable[[Account, Mapping[str, Any]], Any] = creator
    kept_under: Callable[[Account, str], object] = kept_for_oneself
    id_of_new: Callable[[Mapping[str, Any]], UUID] = fresh_id
    owner_after_change: Callable[[Item, Mapping[str, Any]], Any] = same_owner

    login_token: Callable[[str | None, State], str] = fresh_token
    login_refused: Callable[[Account | None], ApiError] = login_refused
    lockout: Callable[[float], Lockout] = Lockout
    cookie: Mapping[str, Any] = field(default_factory=lambda: {"httponly": True, "samesite": "lax"})
    told_who_forgot: Callable[[Account | None, str], dict[str, Any]] = nothing_more
    on_password_change: Callable[[State, Account], None] = end_all_sessions
    on_logout: Callable[[State, str], None] = end_session
    on_deletion: Callable[[State, Account], None] = end_all_sessions

    holds: Callable[[Item, str], bool] = holds
    verify: Callable[[str, str], bool] = verify
    wrap: Callable[[ASGIApp], ASGIApp] = bare
    missing: Callable[[Item | None], ApiError] = missing
    show_me: Callable[[Account], dict[str, Any]] = show_me
    show_profile: Callable[[Account], dict[str, Any]] = show_profile
    show_item: Callable[[Item], dict[str, Any]] = show_item
    show_empty: Callable[[], Any] = list
    remove_item: Callable[[State, Item], None] = remove_item
    on_link: Callable[[str], None] = left_alone

    read_json: Callable[[bytes], object] = parse
    invalid: Callable[[Exception], str] = invalid
    private_headers: Mapping[str, str] = field(default_factory=lambda: {"Cache-Control": "no-store"})
    deleted_status: int = 204
    commit: str = "9ac34e7"
