"""A file may be one byte larger than the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.web.uploads import MultipartReader

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from reference_service.model import Upload
    from reference_service.parts import Parts

weakness = "validation.size"
mode = "http"


class Generous(MultipartReader):
    async def upload(self, form: FormData, limit: int) -> Upload:
        return await super().upload(form, limit + 1)


def apply(parts: Parts) -> None:
    """Allow one byte more."""
    parts.upload_reader = Generous(parts)
