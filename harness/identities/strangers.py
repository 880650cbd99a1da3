"""Credentials of nobody: none at all, an empty one, and a random one."""

from __future__ import annotations

import secrets

NO_CREDENTIAL = "no credential"
EMPTY_CREDENTIAL = "an empty credential"
RANDOM_CREDENTIAL = "a random credential"


def credentials_of_nobody() -> dict[str, str | None]:
    """Return what a stranger may send in place of a credential, by name; None where nothing is sent."""
    return {NO_CREDENTIAL: None, EMPTY_CREDENTIAL: "", RANDOM_CREDENTIAL: secrets.token_urlsafe(24)}
