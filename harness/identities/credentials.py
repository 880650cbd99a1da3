"""How a credential is carried in a request, and found in a response."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from harness import requests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model import Exchange, Headers
    from harness.scenario.schema import CredentialSpec

ANY = "*"
"""Names of cookies and headers that are no credential, but prove that a request is no other site's."""
JWT_PARTS = 3  # header, payload, signature
BASIC = "basic "
SUBJECTS = ("sub", "user_id", "userId", "uid", "id")
"""The claims that may say who a token is for, the registered one (RFC 7519, section 4.1.2) first."""


def subject_of(claims: Mapping[str, Any] | None) -> str | None:
    """Return who the claims of a token are about, None where they do not say."""
    named = (claims.get(name) for name in SUBJECTS) if claims else ()
    return next((str(each) for each in named if isinstance(each, str | int) and not isinstance(each, bool)), None)


def carried(carrier: CredentialSpec, credential: str) -> tuple[Headers, Headers]:
    """Return the headers and cookies with which a credential is sent; "name:password" as RFC 7617 has it."""
    if carrier.cookie is not None:
        return (), ((carrier.cookie, credential),)
    if is_basic(carrier) and ":" in credential:
        credential = base64.b64encode(credential.encode()).decode()
    return ((carrier.header or "Authorization", carrier.template.replace("{credential}", credential)),), ()


def is_basic(carrier: CredentialSpec) -> bool:
    """Whether a name and a password are carried in each request."""
    return carrier.cookie is None and carrier.template.lower().startswith(BASIC)


def extract(exchange: Exchange, where: str) -> str | None:
    """Return what stands at `where` in a response: "/pointer", "cookie:NAME" or "header:NAME"; None if nothing does.

    "cookie:*" is the first cookie that is set, whatever its name. Of several places, with | between, the first counts
    where something stands.
    """
    return next((found for each in where.split("|") if (found := _standing(exchange, each)) is not None), None)


def _standing(exchange: Exchange, where: str) -> str | None:
    if exchange.response is None:
        return None
    kind, _, name = where.partition(":")
    if kind == "cookie":
        wanted = exchange_cookie(exchange) if name == ANY else name
        return next((value for key, value in set_cookies(exchange) if key == wanted), None)
    if kind == "header":
        return exchange.response.header(name)
    found = requests.pointer(requests.parsed(exchange.body), where)
    return None if found is None else str(found)


def exchange_cookie(exchange: Exchange) -> str:
    """Return the name of the first cookie that a response sets, beside those against forged requests (CSRF)."""
    names = [name for name, _ in set_cookies(exchange)]
    return next((name for name in names if not requests.CSRF.search(name)), next(iter(names), ""))


def set_cookies(exchange: Exchange) -> list[tuple[str, str]]:
    """Return the names and values of the cookies that a response sets."""
    said = exchange.response.all("Set-Cookie") if exchange.response is not None else ()
    pairs = (value.partition(";")[0].partition("=") for value in said)
    return [(name.strip(), value) for name, _, value in pairs]


def claims_of(token: str) -> dict[str, Any] | None:
    """Return the claims of a JWT without verifying it; None for any other token."""
    parts = token.split(".")
    if len(parts) != JWT_PARTS:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None
