"""A deletion whose body names an id deletes that one, after the owner of the one in the path was looked at."""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import UUID

from reference_service.flaws._shared import owner_of
from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.parts import Parts

weakness = "isolation.delete"
mode = "http"
named: ContextVar[UUID | None] = ContextVar("named", default=None)


class Noting(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        named.set(None)
        if request.method == "DELETE" and (body := await request.body()):
            named.set(UUID(json.loads(body)["file_id"]))
        return await super().authenticate(request, operation)


class Flawed(KnowledgeOperations):
    async def delete(self, principal: Principal, file_id: UUID) -> None:
        other = named.get()
        if other is not None:
            await self.read(principal, file_id)
            principal = Principal(user_id=await owner_of(self.parts, other) or principal.user_id)
        await super().delete(principal, other or file_id)


def apply(parts: Parts) -> None:
    """Let the body win."""
    parts.authenticator, parts.knowledge = Noting(parts), Flawed(parts)
