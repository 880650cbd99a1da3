"""Routes that are about the service or the acting user, not about things that users own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from harness.openapi.inference.answers import WRAPPERS, answer, list_shape
from harness.openapi.inference.calls import has_word
from harness.openapi.inference.words import USER_WORDS, first_of, singular, words
from harness.openapi.shapes import properties

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.model import Operation

READY = (
    "ready",
    "readyz",
    "readiness",
    "health",
    "healthz",
    "healthcheck",
    "livez",
    "live",
    "liveness",
    "status",
    "ping",
    "up",
    "alive",
    "heartbeat",
)
VERSION = frozenset({"version", "versions", "build", "buildinfo"})
METRICS = frozenset({"metrics", "prometheus"})
CHANGES_OWN = "change own account"
FORGOT = "ask for a new password"
SELF = frozenset({"me", "whoami", "self", "current", "userinfo", "profile", "account", "user"})
OWN = frozenset({"current", "me", "self", "this"})
LOGIN = frozenset({"login", "signin", "token", "session", "authenticate", "auth", "jwt", "authorize", "logon"})
SIGNUP = frozenset({"register", "signup", "registration", "registrations", "anon", "anonymous", "guest"})
LOGOUT = frozenset({"logout", "signout", "revoke", "logoff"})
OBTAIN = frozenset({"create", "obtain", "new", "issue"})
"""What a path may end with after the thing that is had: /jwt/create, /token/obtain."""
KEYS = ("access_token", "token", "jwt", "auth_token", "session_token", "api_key", "apikey")
"""How an answer names a credential: users are made by who answers one."""
ADMIN = frozenset({"admin", "admins", "superuser", "root", "internal", "staff", "management", "moderation"})
VERSIONED = re.compile(r"v(\d+([._-]?\d+)?|\{[^}]*\})", re.IGNORECASE)
FORGOTTEN = frozenset({"forgot", "reset", "forgotten", "recover", "recovery", "request", "lost"})
_STEPS = frozenset({"log", "sign"})


def segments(path: str) -> list[str]:
    """Return the parts of a path without empty ones."""
    return [part for part in path.split("/") if part]


def is_version(part: str) -> bool:
    """Whether a segment is "v1", "v{version}" or the like, which says nothing about things."""
    return VERSIONED.fullmatch(part) is not None


def named(path: str) -> list[str]:
    """Return the segments that name something: no variables, no versions."""
    return [part for part in segments(path) if "{" not in part and not is_version(part)]


def last_words(operation: Operation) -> tuple[str, ...]:
    """Return the words of the last segment that names something; "log-in" and "signIn" are one word each."""
    parts = named(operation.path)
    return tuple(_joined(words(parts[-1]))) if parts else ()


def _joined(found: tuple[str, ...]) -> Iterator[str]:
    index = 0
    while index < len(found):
        if found[index] in _STEPS and index + 1 < len(found) and found[index + 1] in {"in", "out", "up", "off", "on"}:
            yield found[index] + found[index + 1]
            index += 2
        else:
            yield found[index]
            index += 1


def is_item(operation: Operation) -> bool:
    """Whether the path ends in a variable."""
    return operation.path.rstrip("/").endswith("}")


def has_variable(operation: Operation) -> bool:
    """Whether there is any variable in the path, a version apart."""
    return any("{" in part and not is_version(part) for part in segments(operation.path))


def body_fields(operation: Operation, root: Mapping[str, Any]) -> dict[str, Any]:
    """Return the flattened fields of every body an operation takes; those of a wrapper object beside it."""
    fields = {name: one for body in operation.bodies for name, one in properties(root, body.schema).items()}
    wrapper = next(iter(fields)) if len(fields) == 1 else first_of(fields, WRAPPERS)
    return fields | properties(root, fields.get(wrapper or "", {}))


def has_password(operation: Operation, root: Mapping[str, Any]) -> bool:
    """Whether a body takes a password."""
    return any(has_word(name, "password", "passwd", "pass", "pwd") for name in body_fields(operation, root))


def service_role(operation: Operation) -> str | None:
    """Return "ready", "version" or "metrics" for the routes that monitors use."""
    found = last_words(operation)
    if operation.method != "GET" or has_variable(operation) or not found:
        return None
    joined = "".join(found)
    for role, names in (("ready", READY), ("version", VERSION), ("metrics", METRICS)):
        if joined in names or (role == "ready" and set(found) <= set(READY)):
            return role
    return None


def service_rank(operation: str) -> int:
    """Return how well a path says that the service is ready: "ready" before "health" before "status"."""
    name = "".join(words(segments(operation)[-1]))
    return READY.index(name) if name in READY else len(READY)


def user_role(operation: Operation, root: Mapping[str, Any]) -> str | None:
    """Return what an operation does with the acting user: log in, sign up, log out, whoami and so on."""
    found = set(last_words(operation))
    role = _password_role(operation, root, found)
    if role is not None or is_item(operation) or not found:
        return role
    if operation.method in {"POST", "DELETE", "GET"} and found & LOGOUT and not has_variable(operation):
        return "log out"
    if operation.method == "DELETE" and _is_session(operation):
        return "log out"
    if _is_self(operation, root):
        return {
            "GET": "who am I",
            "DELETE": "delete own account",
            "PUT": CHANGES_OWN,
            "PATCH": CHANGES_OWN,
        }.get(operation.method)
    return _entry_role(operation, root, found) if operation.method == "POST" and not has_variable(operation) else None


def _password_role(operation: Operation, root: Mapping[str, Any], found: set[str]) -> str | None:
    """Return what an operation whose path speaks of a password does with it."""
    if operation.method == "GET" or not has_word(operation.path, "password"):
        return None
    if FORGOTTEN & set(words(operation.path)) and (not has_variable(operation) or _names_an_account(operation)):
        return "reset password" if has_password(operation, root) else FORGOT
    if has_variable(operation) or is_item(operation):
        return None
    changes = has_password(operation, root) or ("password" in found and not body_fields(operation, root))
    return "change password" if changes else "reset password"


def _names_an_account(operation: Operation) -> bool:
    """Whether a path ends in an address or a name, by which somebody who has forgotten a password is known."""
    return is_item(operation) and has_word(segments(operation.path)[-1], "email", "mail", "username", "login")


def _is_session(operation: Operation) -> bool:
    """Whether a path ends in the session of who asks: /session, /sessions/current."""
    parts = [part for part in named(operation.path) if part.lower() not in OWN]
    return bool(parts) and "session" in map(singular, words(parts[-1])) and not has_variable(operation)


def _is_self(operation: Operation, root: Mapping[str, Any]) -> bool:
    parts = segments(operation.path)
    name = "".join(words(parts[-1])) if parts else ""
    if name not in SELF or has_variable(operation) or list_shape(root, answer(operation), "users") is not None:
        return False
    return name in {"me", "whoami", "self", "userinfo"} or operation.secured is not False


def _entry_role(operation: Operation, root: Mapping[str, Any], found: set[str]) -> str | None:
    parts = named(operation.path)
    if found <= OBTAIN and len(parts) > 1:
        found = set(words(parts[-2]))
    singulars = {singular(one) for one in found}
    if found & SIGNUP or (singulars & USER_WORDS and has_password(operation, root) and operation.secured is not True):
        return "sign up"
    if singulars & USER_WORDS and operation.secured is not True and first_of(properties(root, answer(operation)), KEYS):
        return "sign up"
    if singulars & LOGIN and has_password(operation, root):
        return "log in"
    if "refresh" in found and LOGIN & (singulars | set(words(operation.path))):
        return "refresh"
    return None


def is_privileged(operation: Operation) -> bool:
    """Whether the path speaks of administrators."""
    return not ADMIN.isdisjoint(words(operation.path))
