"""Sign-up, login and logout, one's own account, and what others may know of an account."""

# ruff: noqa: TC003  (FastAPI reads the annotations at run time)

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tests.targets.accounts.errors import ApiError, locked, not_found
from tests.targets.accounts.passwords import NOBODY, hash_password
from tests.targets.accounts.schemas import (
    Forgotten,
    Me,
    NewPassword,
    PasswordChange,
    Profile,
    ProfileChange,
    SignUp,
    Told,
)
from tests.targets.accounts.service import COOKIE, Caller, Service, Serving, Token, errors
from tests.targets.accounts.state import Account
from tests.targets.accounts.strict_route import StrictRoute

router = APIRouter(route_class=StrictRoute)


@router.post("/signup", status_code=201, response_model=Me, responses=errors(409, 413, 422))
async def sign_up(service: Serving, body: SignUp) -> Response:
    """Create an account; a user name is public, so that a taken one may be said to be taken."""
    if service.state.named(body.username) is not None:
        raise ApiError(409, "name_taken", "this user name is taken")
    account = Account(
        username=body.username,
        email=body.email,
        display_name=body.display_name,
        password_hash=hash_password(body.password),
        role=service.parts.role_at_sign_up(body.unknown()),
    )
    service.state.accounts[account.id] = account
    return service.private(service.parts.show_me(account), 201)


@router.post("/login", response_model=Me, responses=errors(401, 413, 422, 429))
async def login(
    request: Request,
    service: Serving,
    username: Annotated[str, Form(min_length=1, max_length=128)],
    password: Annotated[str, Form(min_length=1, max_length=128)],
) -> Response:
    """Open a session and set its cookie; five bad passwords lock the name for a while."""
    account = service.state.named(username)
    _check_password(service, username, account, password, service.parts.login_refused(account))
    assert account is not None
    response = service.private(service.parts.show_me(account))
    _open_session(service, response, account, request.cookies.get(COOKIE))
    return response


@router.post("/logout", status_code=204, response_class=Response, responses=errors(401))
async def logout(service: Serving, _caller: Caller, token: Token) -> Response:
    """End this session."""
    service.parts.on_logout(service.state, str(token))
    response = service.emptied()
    response.delete_cookie(COOKIE)
    return response


@router.post("/password/forgotten", status_code=202, response_model=Told, responses=errors(413, 422))
async def forgot_password(service: Serving, body: Forgotten) -> Response:
    """Make a code for a new password, if there is such an account; the mail that would carry it goes nowhere."""
    account = service.state.named(body.username)
    code = f"{secrets.randbelow(10**6):06}"
    if account is not None:
        account.reset_code = code
    more = service.parts.told_who_forgot(account, code)
    return service.private({"message": "if there is such an account, a code is sent", **more}, 202)


@router.get("/me", response_model=Me, responses=errors(401))
async def read_me(service: Serving, caller: Caller, request: Request) -> Response:
    """Return one's own account."""
    account = service.parts.shown_as_own(service.state, caller, request.query_params)
    return service.private(service.parts.show_me(account))


@router.patch("/me", response_model=Me, responses=errors(401, 413, 422))
async def change_me(service: Serving, caller: Caller, body: ProfileChange) -> Response:
    """Change one's own e-mail address or display name."""
    account = service.parts.changed_as_own(service.state, caller, body.unknown())
    for name, value in body.given().items():
        setattr(account, name, value)
    account.role = service.parts.role_after_change(account, body.unknown())
    return service.private(service.parts.show_me(account))


@router.post("/me/password", status_code=204, response_class=Response, responses=errors(401, 403, 413, 422, 429))
async def change_password(service: Serving, caller: Caller, body: PasswordChange) -> Response:
    """Change one's own password; every session ends, and a new one is opened for the caller."""
    refusal = ApiError(403, "wrong_password", "the current password is wrong")
    _check_password(service, caller.username, caller, body.current_password, refusal)
    caller.password_hash = hash_password(body.new_password)
    service.parts.on_password_change(service.state, caller)
    response = service.emptied()
    _open_session(service, response, caller, None)
    return response


@router.delete("/me", status_code=204, response_class=Response, responses=errors(401))
async def delete_me(service: Serving, caller: Caller) -> Response:
    """Delete one's own account, its items and its sessions."""
    state = service.state
    state.accounts.pop(caller.id, None)
    state.items = {item.id: item for item in state.items.values() if item.owner_id != caller.id}
    service.parts.on_deletion(state, caller)
    response = service.emptied()
    response.delete_cookie(COOKIE)
    return response


@router.get("/users/{user_id:uuid}", response_model=Profile, responses=errors(401, 404))
async def read_user(service: Serving, _caller: Caller, user_id: UUID) -> Response:
    """Return what others may know of an account."""
    account = service.state.accounts.get(user_id)
    if account is None:
        raise not_found()
    return service.private(service.parts.show_profile(account))


@router.patch("/users/{user_id:uuid}", response_model=Me, responses=errors(401, 404, 413, 422))
async def change_user(service: Serving, caller: Caller, user_id: UUID, body: ProfileChange) -> Response:
    """Change one's own account, named by its identifier."""
    account = _own(service, caller, user_id, service.parts.may_change_account)
    for name, value in body.given().items():
        setattr(account, name, value)
    return service.private(service.parts.show_me(account))


@router.put(
    "/users/{user_id:uuid}/password", status_code=204, response_class=Response, responses=errors(401, 404, 413, 422)
)
async def set_password(service: Serving, caller: Caller, user_id: UUID, body: NewPassword) -> Response:
    """Set the password of one's own account, named by its identifier; every session ends."""
    account = _own(service, caller, user_id, service.parts.may_set_password)
    account.password_hash = hash_password(body.password)
    service.parts.on_password_change(service.state, account)
    return service.emptied()


@router.delete("/users/{user_id:uuid}", status_code=204, response_class=Response, responses=errors(401, 404))
async def delete_user(service: Serving, caller: Caller, user_id: UUID) -> Response:
    """Delete one's own account, named by its identifier."""
    account = _own(service, caller, user_id, service.parts.may_delete_account)
    state = service.state
    state.accounts.pop(account.id, None)
    state.items = {item.id: item for item in state.items.values() if item.owner_id != account.id}
    service.parts.on_deletion(state, account)
    return service.emptied()


def _own(service: Service, caller: Account, user_id: UUID, may: Callable[[Account, Account], bool]) -> Account:
    """Return the account that the caller may act on; another one is answered like one that nobody has."""
    account = service.state.accounts.get(user_id)
    if account is None or not may(caller, account):
        raise not_found()
    return account


def _check_password(service: Service, username: str, account: Account | None, password: str, refusal: ApiError) -> None:
    """Raise ApiError unless the password is right; hashing blocks on purpose: nobody else can guess meanwhile."""
    if (seconds := service.lockout.remaining(username)) > 0:
        raise locked(seconds)
    if not service.parts.verify(password, account.password_hash if account else NOBODY):
        service.lockout.failed(username)
        raise refusal
    service.lockout.succeeded(username)


def _open_session(service: Service, response: Response, account: Account, presented: str | None) -> None:
    token = service.parts.login_token(presented, service.state)
    service.state.sessions.open(token, account)
    response.set_cookie(COOKIE, token, **service.parts.cookie)
