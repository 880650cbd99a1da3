"""Large pages are served from a replica, which has a bucket of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Bucket, Principal
    from reference_service.parts import Parts

weakness = "limits.uncounted"
mode = "http"


class Flawed(UserQuota):
    def bucket(self, request: Request, principal: Principal) -> Bucket:
        bucket = super().bucket(request, principal)
        return replace(bucket, key=bucket.key + ("large" if request.query_params.get("limit") == "100" else ""))


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
