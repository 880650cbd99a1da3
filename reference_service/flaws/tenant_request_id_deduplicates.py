"""Two creations with one X-Request-ID are taken for a retry: the second gets the first one's answer, whoever asks."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from reference_service.memory import Memories
from reference_service.tokens import BearerAuthenticator

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Principal
    from reference_service.parts import Parts
    from reference_service.schemas import Memory, MemoryCreate

weakness = "isolation.idempotency"
mode = "http"
sent: ContextVar[str | None] = ContextVar("sent", default=None)


class Noting(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        sent.set(request.headers.get("x-request-id"))
        return await super().authenticate(request, operation)


class Flawed(Memories):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.kept: dict[str, Memory] = {}

    async def create(self, principal: Principal, request: MemoryCreate) -> Memory:
        key = sent.get()
        if key is None:
            return await super().create(principal, request)
        if key not in self.kept:
            self.kept[key] = await super().create(principal, request)
        return self.kept[key]


def apply(parts: Parts) -> None:
    """Keep answers by the request id."""
    parts.authenticator, parts.memory = Noting(parts), Flawed(parts)
