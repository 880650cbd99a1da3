"""A request id that the caller sends is cut to the length of a UUID."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.web.recorder import EchoedOrRandomIds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.parts import Parts

weakness = "tracing.echo"
mode = "http"


UUID_LENGTH = 36


class Cut(EchoedOrRandomIds):
    def choose(self, offered: Sequence[str]) -> str:
        return super().choose(offered)[:UUID_LENGTH]


def apply(parts: Parts) -> None:
    """Choose ids differently."""
    parts.request_ids = Cut()
