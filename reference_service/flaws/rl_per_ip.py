"""The bucket belongs to the address of the client, not to the user."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Bucket, Principal
    from reference_service.parts import Parts

weakness = "limits.address"
mode = "http"


class Flawed(UserQuota):
    def bucket(self, request: Request, principal: Principal) -> Bucket:
        address = request.client.host if request.client else "unknown"
        return replace(super().bucket(request, principal), key=f"address:{address}")


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
