"""Checks that are never run, for tests of what is chosen and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model import Check, Needs, Severity

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.model import Exchange, Observation


async def nothing(_lab: object) -> AsyncIterator[Observation]:
    """Observe nothing: the checks of these tests are never run."""
    observations: tuple[Observation, ...] = ()
    for observation in observations:
        yield observation


def made(name: str, *catches: str, mode: str = "http", exclusive: bool = False, timed: bool = False) -> Check:
    """Return a probe that is never run."""
    return Check(
        id=name,
        title="",
        explanation="",
        severity=Severity.LOW,
        catches=catches,
        mode=mode,
        needs=Needs(exclusive=exclusive, timed=timed),
        run=nothing,
    )


class Silent:
    """A watcher that sees nothing."""

    def see(self, exchange: Exchange) -> None:
        """Look away."""

    def conclude(self) -> tuple[()]:
        """Say nothing."""
        return ()
