"""The SQLite database of one running service, in memory; every statement is atomic because nothing awaits inside it."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.targets.projects.statements import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who holds an API key."""

    id: int
    name: str


class Store:
    """One connection; SQLite's own text of an error never leaves this process by itself."""

    def __init__(self) -> None:
        """Open an empty database in memory."""
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript(SCHEMA)

    def rows(self, statement: str, values: Mapping[str, object]) -> list[Row]:
        """Return all rows that the statement yields."""
        return [dict(row) for row in self._connection.execute(statement, values)]

    def row(self, statement: str, values: Mapping[str, object]) -> Row | None:
        """Return the first row that the statement yields, or None."""
        return next(iter(self.rows(statement, values)), None)

    def number(self, statement: str, values: Mapping[str, object]) -> int:
        """Return the only number that the statement yields."""
        return int(self._connection.execute(statement, values).fetchone()[0])

    def add_user(self, name: str, key: str) -> User | None:
        """Add a user, whose key is kept as a digest only; None if the name or the key is taken."""
        statement = "INSERT OR IGNORE INTO users (name, key_digest) VALUES (:name, :digest) RETURNING id, name"
        row = self.row(statement, {"name": name, "digest": digest(key)})
        return User(**row) if row else None

    def user_of_key(self, key: str) -> User | None:
        """Return the user who holds the key, or None."""
        row = self.row("SELECT id, name FROM users WHERE key_digest = :digest", {"digest": digest(key)})
        return User(**row) if row else None


def digest(key: str) -> str:
    """Return what is stored in place of a key (keys are random, so that a plain digest is enough)."""
    return hashlib.sha256(key.encode()).hexdigest()
