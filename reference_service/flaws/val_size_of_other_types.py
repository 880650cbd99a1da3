"""Only what says to be text is measured against the limit on the size of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.web.uploads import MultipartReader

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request

    from reference_service.model import Upload
    from reference_service.parts import Parts

weakness = "validation.size"
mode = "http"
TIMES = 4


class Flawed(MultipartReader):
    def check_declared(self, request: Request, limit: int) -> None:
        super().check_declared(request, TIMES * limit)

    def bound(self, limit: int) -> int:
        return super().bound(TIMES * limit)

    async def upload(self, form: FormData, limit: int) -> Upload:
        is_text = getattr(form.get("file"), "content_type", "") == "text/plain"
        return await super().upload(form, limit if is_text else TIMES * limit)


def apply(parts: Parts) -> None:
    """Measure less."""
    parts.upload_reader = Flawed(parts)
