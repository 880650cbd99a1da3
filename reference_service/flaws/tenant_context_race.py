"""The caller is kept in one variable that all requests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.knowledge import KnowledgeOperations
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import FileList, SearchRequest, SearchResponse

weakness = "isolation.concurrency"
mode = "many"


class Remembering(BearerAuthenticator):
    current: Principal

    async def authenticate(self, request: Request, operation: str) -> Principal:
        self.current = await super().authenticate(request, operation)
        return self.current


class Racy(KnowledgeOperations):
    authenticator: Remembering

    async def list(self, principal: Principal, limit: int, offset: int) -> FileList:  # noqa: ARG002
        return await super().list(self.authenticator.current, limit, offset)

    async def search(self, principal: Principal, request: SearchRequest) -> SearchResponse:  # noqa: ARG002
        return await super().search(self.authenticator.current, request)


def apply(parts: Parts) -> None:
    """Share one variable."""
    parts.authenticator = authenticator = Remembering(parts)
    parts.knowledge = racy = Racy(parts)
    racy.authenticator = authenticator
