"""Users whose ids begin alike share a bucket."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Bucket, Principal
    from reference_service.parts import Parts

weakness = "limits.neighbour"
mode = "http"


class Flawed(UserQuota):
    def bucket(self, request: Request, principal: Principal) -> Bucket:
        return replace(super().bucket(request, principal), key=f"prefix:{principal.user_id[:6]}")


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
