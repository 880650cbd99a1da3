"""Reading a file of somebody else is refused, and costs twice what reading none costs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from reference_service.flaws._shared import owner_of
from reference_service.limits import UserQuota

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Allowance, Principal
    from reference_service.parts import Parts

weakness = "oracle.quota"
mode = "http"


class Flawed(UserQuota):
    async def charge(self, request: Request, principal: Principal, operation: str) -> Allowance:
        charged = await super().charge(request, principal, operation)
        if operation != "read_file":
            return charged
        try:
            owner = await owner_of(self.parts, UUID(request.path_params["file_id"]))
        except ValueError:
            return charged
        foreign = owner is not None and owner != principal.user_id
        return await super().charge(request, principal, operation) if foreign else charged


def apply(parts: Parts) -> None:
    """Charge for the second look, too."""
    parts.quota = Flawed(parts)
