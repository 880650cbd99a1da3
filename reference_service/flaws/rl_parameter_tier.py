"""A parameter of the query names the tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.limits import UserQuota
from reference_service.model import Principal

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Bucket
    from reference_service.parts import Parts

weakness = "limits.spoofing"
mode = "http"


class Flawed(UserQuota):
    def bucket(self, request: Request, principal: Principal) -> Bucket:
        tier = request.query_params.get("tier", principal.tier)
        return super().bucket(request, Principal(user_id=principal.user_id, tier=tier))


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
