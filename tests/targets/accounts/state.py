"""What one running service knows, in memory: accounts, sessions, items; nothing awaits while it changes."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

if TYPE_CHECKING:
    from collections.abc import Callable


def now() -> str:
    """Return the time as RFC 3339 text."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True, kw_only=True)
class Account:
    """Somebody who signed up."""

    username: str
    email: str
    display_name: str
    password_hash: str
    role: str = "user"
    id: UUID = field(default_factory=uuid4)
    created_at: str = field(default_factory=now)


@dataclass(slots=True, kw_only=True)
class Item:
    """Something that an account owns and may show to everybody."""

    owner_id: UUID
    title: str
    body: str
    visibility: str
    id: UUID = field(default_factory=uuid4)
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)


class Sessions:
    """Live sessions; only a digest of each token is kept."""

    def __init__(self) -> None:
        self._accounts: dict[str, UUID] = {}

    def open(self, token: str, account: Account) -> None:
        """Make the token stand for the account."""
        self._accounts[_digest(token)] = account.id

    def account_id(self, token: str) -> UUID | None:
        """Return whose session this is, or None."""
        return self._accounts.get(_digest(token))

    def close(self, token: str) -> None:
        """End one session."""
        self._accounts.pop(_digest(token), None)

    def close_all(self, account: Account) -> None:
        """End every session of the account."""
        self._accounts = {digest: owner for digest, owner in self._accounts.items() if owner != account.id}


class State:
    """Everything that is stored."""

    def __init__(self) -> None:
        self.accounts: dict[UUID, Account] = {}
        self.items: dict[UUID, Item] = {}
        self.sessions = Sessions()

    def named(self, username: str) -> Account | None:
        """Return the account of that name, or None."""
        return next((account for account in self.accounts.values() if account.username == username), None)

    def newest(self, wanted: Callable[[Item], bool]) -> list[Item]:
        """Return the items that are wanted, newest first."""
        return [item for item in reversed(self.items.values()) if wanted(item)]


def new_token() -> str:
    """Return a session token of 256 random bits."""
    return secrets.token_urlsafe(32)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
