"""What a sabotage is, and whom it usually affects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.calibrate.changes import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.model import Check
    from harness.scenario import Scenario


def _everything(_check: Check) -> bool:
    return True


def _itself(_subject: str, _names: Sequence[str]) -> str | None:
    return None


def anyhow(_check: Check) -> bool:
    """Whether a check is tried, whatever it needs beside HTTP, and however long it takes."""
    return True


def _plain(check: Check) -> bool:
    return check.mode == "http" and (check.run is not None or check.watch is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sabotage(Change):
    """How a bench is broken.

    `affects` tells which checks must not pass then; of these, those are run that `tries` says, by default what needs
    nothing but single exchanges; `grey` where it takes a service that offers more than HTTP. `other` names another
    service that answers in place of this one.
    """

    grey: bool = False
    tries: Callable[[Check], bool] = _plain
    affects: Callable[[Check], bool] = _everything
    other: Callable[[str, Sequence[str]], str | None] = _itself


def acts(check: Check) -> bool:
    """Whether a check is a probe that makes objects, and so needs users who may."""
    return check.run is not None and bool(check.needs.operations)


def two_users(check: Check) -> bool:
    """Whether a check compares users."""
    return check.needs.users > 1


def needing(*features: str) -> Callable[[Check], bool]:
    """Return whether a check needs one of these features."""
    return lambda check: bool(set(features) & set(check.needs.features))


def minted(scenario: Scenario) -> bool:
    """Whether the users of a scenario carry tokens that the harness signs."""
    return scenario.users.minted is not None
