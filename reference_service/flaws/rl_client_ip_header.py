"""X-Client-IP, CF-Connecting-IP or True-Client-IP picks the bucket."""

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
HEADERS = ("x-client-ip", "cf-connecting-ip", "true-client-ip")


class Flawed(UserQuota):
    def bucket(self, request: Request, principal: Principal) -> Bucket:
        bucket = super().bucket(request, principal)
        address = next((request.headers[name] for name in HEADERS if request.headers.get(name)), "")
        return replace(bucket, key=bucket.key + address)


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
