"""The id that the caller sends is reflected as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.web.recorder import EchoedOrRandomIds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.parts import Parts

weakness = "tracing.injection"
mode = "http"


class Flawed(EchoedOrRandomIds):
    def choose(self, offered: Sequence[str]) -> str:
        return offered[0] if offered else super().choose(offered)


def apply(parts: Parts) -> None:
    """Choose ids differently."""
    parts.request_ids = Flawed()
