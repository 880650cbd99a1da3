"""Request ids are ULIDs: 48 bits of time, 80 random ones, in 26 characters."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from reference_service.web.recorder import EchoedOrRandomIds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.parts import Parts

mode = "benign"
touches = ["tracing", "errors", "contract", "oracle"]
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHARACTERS = 26


class Ulids(EchoedOrRandomIds):
    def choose(self, offered: Sequence[str]) -> str:
        return super().choose(offered) if offered else ulid()


def ulid() -> str:
    """Return an identifier that sorts by time (Crockford's base 32)."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (CHARACTERS - 1), -1, -5))


def apply(parts: Parts) -> None:
    """Choose ids differently."""
    parts.request_ids = Ulids()
