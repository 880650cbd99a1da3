"""Watchers kept apart from the run: one that breaks is one ERROR, and everything else goes on."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from harness.engine.probe import told
from harness.lab import Lab
from harness.model import Result

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.lab import Session
    from harness.model import Check, Exchange, Observation, Watcher


class Watching:
    """The watcher of one check, until it breaks."""

    def __init__(self, check: Check, session: Session) -> None:
        self._check = check
        self._watcher: Watcher | None = None
        self._error: str | None = None
        lab = Lab(session=session, check_id=check.id, random=random.Random(session.seed))
        try:
            self._watcher = check.watch(lab) if check.watch is not None else None
        except Exception as broken:  # noqa: BLE001 -- a broken check is one ERROR, never a lost run
            self._error = told(broken)

    def see(self, exchange: Exchange) -> None:
        """Show the watcher one exchange."""
        if self._watcher is None or self._error is not None:
            return
        try:
            self._watcher.see(exchange)
        except Exception as broken:  # noqa: BLE001 -- as above
            self._error = told(broken)

    def conclude(self) -> Iterable[Observation]:
        """Return what the watcher has to say."""
        return self.result().observations

    def result(self) -> Result:
        """Return what the watcher has seen, or what broke it."""
        seen: tuple[Observation, ...] = ()
        try:
            if self._watcher is not None and self._error is None:
                seen = tuple(self._watcher.conclude())
        except Exception as broken:  # noqa: BLE001 -- as above
            self._error = told(broken)
        return Result(check=self._check, observations=seen, error=self._error)
