"""Of the requests of the last window only so many are accepted, wherever it begins."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from reference_service.model import Allowance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_service.model import Bucket
    from reference_service.parts import Parts

mode = "benign"
touches = ["limits"]
scenario = {"limits": {"algorithm": "sliding-window"}}


class Log:
    def __init__(self) -> None:
        self.accepted: dict[str, deque[float]] = defaultdict(deque)

    async def take(self, buckets: Sequence[Bucket]) -> Sequence[Allowance]:
        now = time.time()
        for bucket in buckets:
            log = self.accepted[bucket.key]
            while log and log[0] <= now - bucket.tier.window_seconds:
                log.popleft()
        fits = all(len(self.accepted[bucket.key]) < bucket.tier.limit for bucket in buckets)
        for bucket in buckets if fits else ():
            self.accepted[bucket.key].append(now)
        return [self.allowance(bucket, now, allowed=fits) for bucket in buckets]

    def allowance(self, bucket: Bucket, now: float, *, allowed: bool) -> Allowance:
        log, window = self.accepted[bucket.key], bucket.tier.window_seconds
        last = log[-1] + window if log else now
        wait = 0 if allowed or not log else max(1, math.ceil(log[0] + window - now))
        return Allowance(
            allowed=allowed,
            tier=bucket.tier,
            remaining=bucket.tier.limit - len(log),
            full_at=math.ceil(last),
            full_in=math.ceil(last - now),
            retry_after=wait,
        )


def apply(parts: Parts) -> None:
    """Count differently."""
    parts.limiter = Log()
