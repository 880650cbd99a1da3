"""Names of fields that decide what a user may do or has."""

from __future__ import annotations

import re

WORDS = frozenset(
    {
        "role", "roles", "admin", "administrator", "staff", "superuser", "permission", "permissions", "scope", "scopes",
        "verified", "approved", "balance", "credit", "credits", "plan", "tier", "paid", "price",
    }
)  # fmt: skip
PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def decisive(name: str) -> bool:
    """Whether a word of the field's name, in snake or camel case, says that it is not the user's to set."""
    return any(part.lower() in WORDS for part in PART.findall(name))
