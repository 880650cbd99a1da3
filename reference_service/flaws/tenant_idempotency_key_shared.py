"""Creations are remembered by their Idempotency-Key alone: whoever sends the same key gets the first answer."""

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
key: ContextVar[str] = ContextVar("key", default="")


class Noting(BearerAuthenticator):
    async def authenticate(self, request: Request, operation: str) -> Principal:
        key.set(request.headers.get("idempotency-key", ""))
        return await super().authenticate(request, operation)


class Flawed(Memories):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.kept: dict[str, Memory] = {}

    async def create(self, principal: Principal, request: MemoryCreate) -> Memory:
        if not key.get():
            return await super().create(principal, request)
        if key.get() not in self.kept:
            self.kept[key.get()] = await super().create(principal, request)
        return self.kept[key.get()]


def apply(parts: Parts) -> None:
    """Note the key of each request, and keep answers by it."""
    parts.authenticator, parts.memory = Noting(parts), Flawed(parts)
