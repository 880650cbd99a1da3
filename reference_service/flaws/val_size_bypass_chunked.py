"""The limit on the size of a file holds only for bodies that declare their length."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_service.web.uploads import MultipartReader

if TYPE_CHECKING:
    from starlette.requests import Request

    from reference_service.model import Upload
    from reference_service.parts import Parts

weakness = "validation.size"
mode = "http"


ENDLESS = 1 << 40


class Trusting(MultipartReader):
    async def read(self, request: Request) -> Upload:
        if "content-length" in request.headers:
            return await super().read(request)
        parts = replace(self.parts, settings=self.parts.settings.model_copy(update={"max_upload_bytes": ENDLESS}))
        return await MultipartReader(parts).read(request)


def apply(parts: Parts) -> None:
    """Look only at Content-Length."""
    parts.upload_reader = Trusting(parts)
