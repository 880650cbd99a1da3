"""What is put into the fields of sign-ups, log-ins and changes of passwords, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.openapi.inference.words import words
from harness.openapi.shapes import types_of

if TYPE_CHECKING:
    from collections.abc import Mapping

MAIL = "{username}@example.com"
USERNAMES = ("username", "user_name", "login", "user", "name", "handle", "nickname", "identifier")
_AGREED = frozenset(
    {"terms", "accept", "accepted", "accepts", "agree", "agreed", "agrees", "agreement", "consent", "tos", "privacy"}
)


def account_fields(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return placeholders for the fields of a log-in or sign-up form."""
    known: dict[str, str] = {}
    for name in texts(fields):
        found = set(words(name))
        if found & {"password", "passwd", "pwd", "pass", "passphrase"}:
            known[name] = "{password}"
        elif "email" in found or "mail" in found:
            known[name] = MAIL
        elif found & {"phone", "mobile", "telephone", "tel", "msisdn"}:
            known[name] = "+1415{digits}"
        elif "_".join(words(name)) in USERNAMES[:4]:
            known[name] = "{username}"
    has_username = "{username}" in known.values()
    return {
        name: value
        for name, value in known.items()
        if not (has_username and "@" in value) or fields[name].get("required", True)
    }


def consents(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what has to be agreed to: no service takes a "no" for terms."""
    return {name: True for name, one in fields.items() if "boolean" in types_of(one) and _AGREED & set(words(name))}


def password_fields(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return placeholders for the old and the new password of a change."""
    names = [name for name in fields if set(words(name)) & {"password", "passwd", "pwd"}]
    old = [name for name in names if set(words(name)) & {"old", "current", "existing"}]
    known = dict.fromkeys(names, "{new_password}") | dict.fromkeys(old, "{password}")
    return known if len(names) > 1 or old else dict.fromkeys(names, "{new_password}")


def texts(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that may be texts or numbers."""
    return {name: one for name, one in fields.items() if not types_of(one) & {"object", "array", "boolean"}}
