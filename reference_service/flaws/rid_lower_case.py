"""The id that the caller sends comes back in lower case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.web.recorder import EchoedOrRandomIds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.parts import Parts

weakness = "tracing.echo"
mode = "http"


class Flawed(EchoedOrRandomIds):
    def choose(self, offered: Sequence[str]) -> str:
        return super().choose(offered).lower()


def apply(parts: Parts) -> None:
    """Choose ids differently."""
    parts.request_ids = Flawed()
