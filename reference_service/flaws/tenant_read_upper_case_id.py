"""An id in upper case is looked up past the owner."""

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
shouted: ContextVar[bool] = ContextVar("shouted", default=False)


class Noting(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        written = str(request.path_params.get("file_id", ""))
        shouted.set(written != written.lower())
        return await super().authenticate(request, operation)


class Flawed(KnowledgeOperations):
    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        owner = await owner_of(self.parts, file_id) if shouted.get() else None
        return await super().read(Principal(user_id=owner or principal.user_id), file_id)


def apply(parts: Parts) -> None:
    """Compare owners by the spelling of the id."""
    parts.authenticator = Noting(parts)
    parts.knowledge = Flawed(parts)
