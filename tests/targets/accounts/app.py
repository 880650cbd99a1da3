"""The application: routes, one shape for every error, and accounts that are there from the start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from tests.targets.accounts import account_routes, admin_routes, card_routes, item_routes, shelf_routes
from tests.targets.accounts.errors import ApiError
from tests.targets.accounts.parts import Parts
from tests.targets.accounts.passwords import hash_password
from tests.targets.accounts.schemas import Health, Version
from tests.targets.accounts.service import Service
from tests.targets.accounts.state import Account, State
from tests.targets.common.command import TargetService
from tests.targets.common.methods import allowed_methods

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
    from starlette.types import ASGIApp

VERSION = "1.4.0"


def build(parts: Parts, environment: Mapping[str, str]) -> ASGIApp:
    """Return the application.

    `ACCOUNTS_USERS` and `ACCOUNTS_ADMINS` are JSON objects of user names and passwords of accounts that exist from the
    start; `ACCOUNTS_LOCKOUT_SECONDS` is how long a name is refused after five bad passwords.
    """
    state = State()
    for variable, role in (("ACCOUNTS_USERS", "user"), ("ACCOUNTS_ADMINS", "admin")):
        _add_accounts(state, variable, environment.get(variable, "{}"), role)
    application = FastAPI(title="Accounts", version=VERSION, docs_url=None, redoc_url=None, redirect_slashes=False)
    lockout = parts.lockout(float(environment.get("ACCOUNTS_LOCKOUT_SECONDS", "3")))
    application.state.service = Service(parts=parts, state=state, lockout=lockout)
    for module in (account_routes, item_routes, shelf_routes, card_routes, admin_routes):
        application.include_router(module.router)
    application.add_api_route("/healthz", _health, response_model=Health)
    application.add_api_route("/version", _version, response_model=Version)
    application.add_exception_handler(ApiError, _api_error)
    application.add_exception_handler(RequestValidationError, _invalid)
    application.add_exception_handler(HTTPException, _http_error)
    application.add_exception_handler(Exception, _server_error)
    return parts.wrap(application)


def _add_accounts(state: State, variable: str, text: str, role: str) -> None:
    try:
        passwords: Any = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{variable}: expected a JSON object of user names and passwords") from error
    if not isinstance(passwords, dict) or not all(isinstance(password, str) for password in passwords.values()):
        raise ValueError(f"{variable}: expected a JSON object of user names and passwords")
    for username, password in passwords.items():
        account = Account(
            username=username,
            email=f"{username}@accounts.example",
            display_name=username,
            password_hash=hash_password(password),
            role=role,
        )
        state.accounts[account.id] = account


async def _health() -> Health:
    return Health(status="up")


async def _version(request: Request) -> Version:
    return Version(name="accounts", version=VERSION, commit=request.app.state.service.parts.commit)


async def _api_error(_request: Request, error: Exception) -> Response:
    return error.response() if isinstance(error, ApiError) else _internal()


async def _invalid(request: Request, error: Exception) -> Response:
    return ApiError(422, "invalid", request.app.state.service.parts.invalid(error)).response()


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        allow = {"Allow": allowed_methods(request)}
        return ApiError(405, "method_not_allowed", "this path does not offer that method", allow).response()
    if status == 404:
        return ApiError(404, "not_found", "there is no such path").response()
    return ApiError(422, "invalid", "the body cannot be read").response()


async def _server_error(_request: Request, _error: Exception) -> Response:
    return _internal()


def _internal() -> Response:
    return ApiError(500, "internal", "something went wrong here").response()


HERE = Path(__file__).parent
SERVICE = TargetService(name="accounts", flaws=HERE / "flaws", benign=HERE / "benign", parts=Parts(), build=build)
