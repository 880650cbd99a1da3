"""X-Forwarded-Host picks the bucket: each host of a service has its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Bucket, Principal
    from reference_service.parts import Parts

weakness = "limits.spoofing"
mode = "http"


class Flawed(UserQuota):
    def bucket(self, request: Request, principal: Principal) -> Bucket:
        bucket = super().bucket(request, principal)
        return replace(bucket, key=bucket.key + request.headers.get("x-forwarded-host", ""))


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
