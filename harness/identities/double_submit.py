"""Proofs against forged requests of other sites (CSRF, CWE-352) that go beside a session in a cookie.

The service gives them out with the session, in a cookie or in the answer, and wants them again in a header: the "double
submit" of the OWASP cheat sheet, as in Django, Laravel, Spring and flask-jwt-extended. Whoever has no credential sends
the proof all the same where it shall be seen that the credential is what is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from harness import requests
from harness.identities.credentials import set_cookies
from harness.requests import CSRF

if TYPE_CHECKING:
    from harness.model import Exchange, Headers, Identity

HEADERS = ("X-CSRFToken", "X-CSRF-Token", "X-XSRF-Token")
_PLACES = "/csrf_token|/csrfToken|/csrf|/data/csrf_token|/data/csrfToken"


def given_proof(exchange: Exchange) -> tuple[Headers, Headers]:
    """Return the headers and cookies that requests of a user carry beside the session that an answer gives out."""
    cookies = [(name, value) for name, value in set_cookies(exchange) if CSRF.search(name) and value]
    told = requests.at(requests.parsed(exchange.body), _PLACES)
    values = [told] if isinstance(told, str) else []
    # Who gives out two sessions, one of them only to renew the other, gives out two proofs.
    values += [unquote(value) for name, value in sorted(cookies, key=lambda each: "refresh" in each[0].lower())]
    return tuple((name, values[0]) for name in HEADERS) if values else (), tuple(cookies)


def proof_of(user: Identity) -> tuple[Headers, Headers]:
    """Return the headers and cookies of a user that are such a proof, and no credential."""
    headers = tuple(pair for pair in user.headers if pair[0] in HEADERS)
    return headers, tuple(pair for pair in user.cookies if CSRF.search(pair[0]))
