"""A body that says to be compressed is unpacked after its size was looked at."""

from __future__ import annotations

import gzip
from contextvars import ContextVar
from typing import TYPE_CHECKING

from reference_service.web.uploads import MultipartReader

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from reference_service.model import Upload
    from reference_service.parts import Parts

weakness = "validation.size"
mode = "http"
HUGE = 1 << 30
packed: ContextVar[bool] = ContextVar("packed", default=False)


class Flawed(MultipartReader):
    def bound(self, limit: int) -> int:
        return HUGE if packed.get() else super().bound(limit)

    async def upload(self, form: FormData, limit: int) -> Upload:
        return await super().upload(form, HUGE if packed.get() else limit)


def unpacking(app: ASGIApp) -> ASGIApp:
    """Undo the coding of a body."""

    async def unpacked(scope: Scope, receive: Receive, send: Send) -> None:
        packed.set((b"content-encoding", b"gzip") in scope.get("headers", ()))
        body, more = b"", packed.get()
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)

        async def again() -> Message:
            return {"type": "http.request", "body": gzip.decompress(body), "more_body": False}

        if not packed.get():
            await app(scope, receive, send)
            return
        kept = [each for each in scope["headers"] if each[0] not in {b"content-encoding", b"content-length"}]
        await app({**scope, "headers": kept}, again, send)

    return unpacked


def apply(parts: Parts) -> None:
    """Unpack what comes."""
    parts.upload_reader = Flawed(parts)
    parts.middleware = (*parts.middleware, unpacking)
