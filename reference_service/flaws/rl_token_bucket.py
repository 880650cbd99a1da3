"""The bucket belongs to the token: a fresh token of the same user has a fresh one."""

from __future__ import annotations

import hashlib
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
        digest = hashlib.sha256(request.headers["authorization"].encode()).hexdigest()
        return replace(super().bucket(request, principal), key=digest)


def apply(parts: Parts) -> None:
    """Charge differently."""
    parts.quota = Flawed(parts)
