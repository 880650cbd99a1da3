"""Operations that may end the acting user, its sessions, or what everybody has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.openapi.inference.routes import SELF, has_variable, is_item, last_words, named
from harness.openapi.inference.words import USER_WORDS, singular, words

if TYPE_CHECKING:
    from harness.model import Operation

GLOBAL = frozenset(
    {
        "reset", "wipe", "purge", "truncate", "drop", "createdb", "initdb", "dropdb", "resetdb", "cleardb", "seed",
        "populate", "deleteall", "dropall", "clearall", "resetall", "factoryreset", "reinitialize", "shutdown",
        "restart", "reboot", "flush", "clear", "restore", "migrate",
    }
)  # fmt: skip
ENDING = frozenset({"deactivate", "deregister", "unregister", "close", "suspend", "disable", "terminate"})
EMPTYING = re.compile(
    r"\b(re-?sets?|wipes?|drops?|erases?|purges?|truncates?|(re-?)?creates?|(re-?)?populates?|seeds?|initiali[sz]es?)\b"
    r".{0,40}\b(database|db|tables|all data|everything|schema)\b",
    re.IGNORECASE,
)


def destruction(operation: Operation, role: str | None) -> str | None:
    """Return why an operation may end the acting user, its sessions or shared state, or None."""
    if role in {"log out", "delete own account", "change password"}:
        return f"it is taken to {role.replace('own', 'the own')}"
    parts = [words(part) for part in named(operation.path)]
    if (
        operation.method == "DELETE"
        and is_item(operation)
        and USER_WORDS & {*map(singular, parts[-1] if parts else ())}
    ):
        return "it deletes an account, maybe that of the acting user"
    return _of_all(operation, role, parts) or _of_an_account(operation)


def is_shared(operation: Operation, role: str | None) -> bool:
    """Whether an operation may end what everybody has: it names nothing of its own, and is for no acting user."""
    ended = destruction(operation, role)
    return ended is not None and role is None and not has_variable(operation)


def _of_all(operation: Operation, role: str | None, parts: list[tuple[str, ...]]) -> str | None:
    """Return why it may end more than one thing: it names none."""
    if has_variable(operation):
        return None
    if operation.method == "DELETE":
        return "it deletes a whole collection or the acting user's own object"
    told = GLOBAL & {"".join(part) for part in parts} | GLOBAL & {*(parts[-1][:1] if parts else ())}
    if told and role != "reset password":
        return f"its path says {', '.join(sorted(told))}"
    return f"it says {operation.summary!r}" if role is None and EMPTYING.search(operation.summary) else None


def _of_an_account(operation: Operation) -> str | None:
    found = set(words(operation.path)) | set(last_words(operation))
    if found & ENDING and {singular(one) for one in found} & (SELF | USER_WORDS):
        return f"its path says {', '.join(sorted(found & ENDING))} of an account"
    return None
