"""The quota comes back all at once, when a window of the clock ends."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from reference_service.model import Allowance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import Bucket
    from reference_service.parts import Parts

mode = "benign"
touches = ["limits"]
scenario = {"limits": {"algorithm": "fixed-window"}}


class Windows:
    def __init__(self) -> None:
        self.used: dict[tuple[str, int], int] = {}

    async def take(self, buckets: Sequence[Bucket]) -> Sequence[Allowance]:
        now = time.time()
        keys = [(bucket.key, int(now // bucket.tier.window_seconds)) for bucket in buckets]
        fits = all(self.used.get(key, 0) < each.tier.limit for key, each in zip(keys, buckets, strict=True))
        for key in keys if fits else ():
            self.used[key] = self.used.get(key, 0) + 1
        return [
            allowance(each, allowed=fits, used=self.used.get(key, 0), ends=(key[1] + 1) * each.tier.window_seconds)
            for key, each in zip(keys, buckets, strict=True)
        ]


def allowance(bucket: Bucket, *, allowed: bool, used: int, ends: float) -> Allowance:
    """Say that everything is back when the window ends."""
    left = max(1, math.ceil(ends - time.time()))
    return Allowance(
        allowed=allowed,
        tier=bucket.tier,
        remaining=bucket.tier.limit - used,
        full_at=math.ceil(ends),
        full_in=left,
        retry_after=0 if allowed else left,
    )


def apply(parts: Parts) -> None:
    """Count differently."""
    parts.limiter = Windows()
