"""A field `user_id` in the body of an indexing, which no document names, says in whose name it is done."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from reference_service.knowledge import KnowledgeOperations
from reference_service.model import Principal

if TYPE_CHECKING:
    from reference_service.parts import Parts
    from reference_service.schemas import IndexRequest, IndexResponse

weakness = "isolation.action"
mode = "http"
named: ContextVar[str | None] = ContextVar("named", default=None)


class Flawed(KnowledgeOperations):
    async def index(self, principal: Principal, request: IndexRequest) -> IndexResponse:
        return await super().index(Principal(user_id=named.get() or principal.user_id), request)


def apply(parts: Parts) -> None:
    """Take the user from the body."""
    decode = parts.json_decoder

    def decoding(body: bytes) -> Any:
        value = decode(body)
        named.set(None)
        if isinstance(value, dict) and "file_id" in value:
            name = value.pop("user_id", None)
            named.set(name if isinstance(name, str) else None)
        return value

    parts.json_decoder, parts.knowledge = decoding, Flawed(parts)
