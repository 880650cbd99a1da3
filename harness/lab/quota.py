"""Scarce requests of users that cannot be replaced: at most a share of what each has left is spent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.lab.inconclusive import Inconclusive
from harness.quota_headers import told

if TYPE_CHECKING:
    from harness.model import Exchange

REMAINING = re.compile(r"(^|-)rate-?limit(-remaining)?$", re.IGNORECASE)
SHARE = 0.45
PLENTY = 5000


@dataclass(kw_only=True)
class Quota:
    """What each user of a run may still send; users that are not known here are not bounded.

    A little more than half of what a user has left is the user's own; of the rest, one request stays reserved for the
    removal of each object that exists.
    """

    share: float = SHARE
    allowed: dict[str, int] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)

    @property
    def scarce(self) -> bool:
        """Whether there is a bound at all."""
        return bool(self.allowed)

    def learn(self, user: str, exchange: Exchange, *, header: str | None = None) -> int | None:
        """Take the bound of a user from a response; return what it says remains, None if it does not tell."""
        headers = exchange.response.headers if exchange.response else ()
        matching = (
            value for name, value in headers if (name.lower() == header.lower() if header else REMAINING.search(name))
        )
        remaining = told(next(matching, ""), "remaining")
        if remaining is not None and remaining < PLENTY:
            self.allowed[user] = int(remaining * self.share)
            self.spent.setdefault(user, 0)
        return remaining

    def spend(self, user: str, count: int = 1, *, reserved: int) -> None:
        """Account for requests of a user; raise Inconclusive when they would touch the half that is the user's own."""
        if user not in self.allowed:
            return
        if self.spent[user] + count + reserved > self.allowed[user]:
            raise Inconclusive(
                "quota",
                f"{user}'s quota does not afford this: {self.spent[user]} requests are spent, {reserved} reserved for"
                f" the cleanup, {self.allowed[user]} may be used; give users with a larger quota",
            )
        self.spent[user] += count
