"""What one running service knows, in memory: accounts, sessions, items; nothing awaits while it changes."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

if TYPE_CHECKING:
    from collections.abc import Callable


SESSION_SECONDS = 12 * 3600


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
    reset_code: str | None = None
    card_number: str = field(default_factory=lambda: _digits(16))
    customer_number: str = field(default_factory=lambda: _digits(10))


@dataclass(slots=True, kw_only=True)
class Item:
    """Something that an account owns and may show to everybody."""

    owner_id: UUID
    title: str
    body: str
    visibility: str
    link: str = ""
    id: UUID = field(default_factory=uuid4)
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Whose session it is, and until when (monotonic seconds)."""

    account_id: UUID
    until: float


class Sessions:
    """Live sessions; only a digest of each token is kept."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def open(self, token: str, account: Account) -> None:
        """Make the token stand for the account."""
        until = time.monotonic() + SESSION_SECONDS
        self._sessions[_digest(token)] = Session(account_id=account.id, until=until)

    def account_id(self, token: str) -> UUID | None:
        """Return whose live session this is, or None."""
        session = self._sessions.get(_digest(token))
        return session.account_id if session is not None and time.monotonic() < session.until else None

    def close(self, token: str) -> None:
        """End one session."""
        self._sessions.pop(_digest(token), None)

    def close_all(self, account: Account) -> None:
        """End every session of the account."""
        kept = {digest: session for digest, session in self._sessions.items() if session.account_id != account.id}
        self._sessions = kept


class State:
    """Everything that is stored."""

    def __init__(self) -> None:
        self.accounts: dict[UUID, Account] = {}
        self.items: dict[UUID, Item] = {}
        self.created: dict[object, UUID] = {}
        """Which item was created under an idempotency key."""
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


def _digits(count: int) -> str:
    return str(secrets.randbelow(9 * 10 ** (count - 1)) + 10 ** (count - 1))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
