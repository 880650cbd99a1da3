"""A slash after the id leads to an older route, which does not look at the owner."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from reference_service.flaws._shared import owner_of
from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference_service.parts import Parts
    from reference_service.schemas import FileDescription

weakness = "isolation.read"
mode = "http"
older: ContextVar[bool] = ContextVar("older", default=False)


def reroute(app: ASGIApp) -> ASGIApp:
    """Take the slash away, and remember."""

    async def rerouted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            older.set(scope["path"].endswith("/"))
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await app(scope, receive, send)

    return rerouted


class Flawed(KnowledgeOperations):
    async def read(self, principal: Principal, file_id: UUID) -> FileDescription:
        owner = await owner_of(self.parts, file_id) if older.get() else None
        return await super().read(Principal(user_id=owner or principal.user_id), file_id)


def apply(parts: Parts) -> None:
    """Serve two routes."""
    parts.perimeter = (*parts.perimeter, reroute)
    parts.knowledge = Flawed(parts)
