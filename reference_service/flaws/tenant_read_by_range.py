"""A request for a range of bytes goes to what serves files, which does not know of owners."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from reference_service.flaws._shared import owner_of
from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.requests import Request

    from reference_service.parts import Parts
    from reference_service.schemas import FileDescription

weakness = "isolation.read"
mode = "http"
ranged: ContextVar[bool] = ContextVar("ranged", default=False)


class Noting(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        ranged.set("range" in request.headers)
        return await super().authenticate(request, operation)


class Flawed(KnowledgeOperations):
    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        owner = await owner_of(self.parts, file_id) if ranged.get() else None
        return await super().read(Principal(user_id=owner or principal.user_id), file_id)


def apply(parts: Parts) -> None:
    """Serve ranges."""
    parts.authenticator, parts.knowledge = Noting(parts), Flawed(parts)
