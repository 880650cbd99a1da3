"""Passwords for users of a run: what the rules of most services accept, and nobody guesses."""

from __future__ import annotations

import secrets
import string

_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 12


def new_password() -> str:
    """Return a password of 16 characters and 71 random bits: both cases, digits and one mark that none forbids."""
    return f"Pw{''.join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))}1!"
