"""The request id is made of the caller's address and the second: two users at once have the same."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from reference_service.web.recorder import EchoedOrRandomIds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.parts import Parts

weakness = "tracing.unique"
mode = "http"


class Clocked(EchoedOrRandomIds):
    def choose(self, offered: Sequence[str]) -> str:
        chosen = super().choose(offered)
        return chosen if chosen in offered else uuid.uuid5(uuid.NAMESPACE_URL, str(int(time.time() * 20))).hex


def apply(parts: Parts) -> None:
    """Count twentieths of seconds."""
    parts.request_ids = Clocked()
