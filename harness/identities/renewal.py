"""Credentials that end before the run does: renewed by age, and once when a request that has to succeed meets a 401."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from harness.identities.introductions import UserRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.identities.introductions import Introductions
    from harness.model import Exchange, Identity

CONTROLS = frozenset({"control", "create", "read-back", "cleanup"})
NEAR = 30.0  # seconds before its end, longer than a request may take
UNAUTHORIZED = 401


@dataclass(kw_only=True)
class Renewals:
    """Keeps the users of a run alive: those that log in with a password of theirs, and those whose tokens we sign.

    A user that a check has made for itself is never renewed: whether its session ends may be what is asked.
    """

    introductions: Introductions
    enabled: bool = True
    told: list[str] = field(default_factory=list)
    now: Callable[[], float] = time.time
    _latest: dict[str, Identity] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)

    async def current(self, user: Identity) -> Identity:
        """Return the user with its latest credential, a new one where that is about to expire."""
        key = self._key(user)
        if key is None:
            return user
        known = self._latest.get(key, user)
        return await self._renewed(key, known, "its token is about to expire") or known if self._ends(known) else known

    async def after(self, user: Identity, exchange: Exchange, purpose: str) -> Identity | None:
        """Return the user with a new credential where a request that has to succeed was answered with 401, else None.

        Attempts are to be refused, so a refusal of one is left as it is.
        """
        key = self._key(user)
        is_signed = user.name not in self.introductions.users.accounts  # what we signed a moment ago is not outdated
        if exchange.status != UNAUTHORIZED or purpose not in CONTROLS or key is None or is_signed:
            return None
        return await self._renewed(key, user, f"{exchange.request.operation or exchange.request.method} answered 401")

    async def returned(self, user: Identity) -> Identity | None:
        """Return a user whose session is over, logged in again to remove what it has made; None where it is refused."""
        key = f"{user.name}:{user.subject}:returned"
        known = user.password is not None and self.introductions.users.login is not None
        if not known or not self.enabled or key in self._gone:
            return None
        back = await self._renewed(key, user, "its session was over before the clean-up")
        self._gone |= {key} if back is None else set()
        return back

    def _key(self, user: Identity) -> str | None:
        """Return under what name a user is renewed; None for one that is not."""
        people = self.introductions
        if user.token is None or not self.enabled:
            return None
        fixed = people.fixed(user.name)
        if fixed is not None and user.name in people.users.accounts and fixed.username == user.username:
            return user.name
        claims = user.claims or {}
        standard = people.minter is not None and _life(claims) == people.minter.spec.lifetime
        return f"{user.name}:{user.subject}" if standard else None

    def _ends(self, user: Identity) -> bool:
        claims = user.claims or {}
        ends = claims.get("exp")
        return isinstance(ends, (int, float)) and ends - self.now() < min(NEAR, (_life(claims) or 0.0) / 2)

    async def _renewed(self, key: str, user: Identity, why: str) -> Identity | None:
        """Make a new credential, once for everybody who waits for it; None where the target does not give one."""
        async with self._locks.setdefault(key, asyncio.Lock()):
            latest = self._latest.get(key)
            if latest is not None and latest.token != user.token:
                return latest
            try:
                made = await self._made(user)
            except UserRefused as refused:
                self.told.append(f"{user.name} could not be renewed, because {why}: {refused}")
                return None
            self._latest[key] = replace(made, name=user.name, subject=user.subject)
            self.told.append(f"{user.name} has a new credential, because {why}")
            return self._latest[key]

    async def _made(self, user: Identity) -> Identity:
        people = self.introductions
        if people.minter is not None and user.claims is not None and user.username is None:
            at = int(self.now())
            claims = {**user.claims, "iat": at, "exp": at + people.minter.spec.lifetime}
            return people.with_token(user.name, people.minter.sign(claims), claims=claims)
        secret = user.password.value if user.password is not None else ""
        return await people.login(user.name, user.username or user.name, secret)


def _life(claims: Any) -> float | None:
    issued, ends = claims.get("iat"), claims.get("exp")
    both = isinstance(issued, (int, float)) and isinstance(ends, (int, float))
    return float(ends - issued) if both else None
