"""A query parameter with the name of the path parameter wins, after the owner of the path's was checked."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import UUID

from reference_service.errors import FileMissing
from reference_service.flaws._shared import owner_of
from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "isolation.delete"
mode = "http"
other: ContextVar[str] = ContextVar("other", default="")


class Noting(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        other.set(request.query_params.get("file_id", ""))
        return await super().authenticate(request, operation)


class Flawed(KnowledgeOperations):
    async def delete(self, principal: Principal, file_id: UUID) -> None:
        if not other.get():
            await super().delete(principal, file_id)
            return
        if await owner_of(self.parts, file_id) != principal.user_id:
            raise FileMissing
        named = UUID(other.get())
        await super().delete(Principal(user_id=await owner_of(self.parts, named) or principal.user_id), named)


def apply(parts: Parts) -> None:
    """Let the query win."""
    parts.authenticator = Noting(parts)
    parts.knowledge = Flawed(parts)
