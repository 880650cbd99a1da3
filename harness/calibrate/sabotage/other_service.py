"""The URL is that of another healthy service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.calibrate.sabotage._base import Sabotage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Check


def _other(subject: str, names: Sequence[str]) -> str | None:
    return next((name for name in names if name != subject), None)


def _affects(check: Check) -> bool:
    return check.run is not None  # watchers speak of what came back, whoever sent it


SABOTAGE = Sabotage(title="The URL is another healthy service", affects=_affects, other=_other)
