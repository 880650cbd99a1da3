"""Ids are four digits."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from reference_service.web.recorder import EchoedOrRandomIds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.parts import Parts

weakness = "tracing.unique"
mode = "http"


class Flawed(EchoedOrRandomIds):
    def choose(self, offered: Sequence[str]) -> str:
        return super().choose(offered) if offered else f"{secrets.randbelow(10_000):04}"


def apply(parts: Parts) -> None:
    """Choose ids differently."""
    parts.request_ids = Flawed()
