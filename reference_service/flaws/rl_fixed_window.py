"""The window is fixed to the clock: at its edge two full buckets pass."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Bucket, Principal
    from reference_service.parts import Parts

weakness = "limits.refill"
mode = "grey"


class Flawed(UserQuota):
    def bucket(self, request: Request, principal: Principal) -> Bucket:
        bucket = super().bucket(request, principal)
        window = int(time.time()) // (bucket.tier.window_seconds // 4 or 1)
        return replace(bucket, key=f"{bucket.key}:{window}")


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
