"""`harness calibrate`: does every check fail where it must, and only there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class CalibrateRequest:
    """What was asked for on the command line."""

    quick: bool
    flaws_from: Path | None
    json: Path | None
    scenarios: tuple[Path, ...]
    only: tuple[str, ...]
    soak: int
    jobs: int


async def calibrate(request: CalibrateRequest) -> int:
    raise SystemExit(str(request))
