"""Every id that the service makes is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.web.recorder import EchoedOrRandomIds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.parts import Parts

weakness = "tracing.unique"
mode = "http"


class Flawed(EchoedOrRandomIds):
    def choose(self, offered: Sequence[str]) -> str:
        return super().choose(offered) if offered else "00000000000000000000000000000000"


def apply(parts: Parts) -> None:
    """Choose ids differently."""
    parts.request_ids = Flawed()
