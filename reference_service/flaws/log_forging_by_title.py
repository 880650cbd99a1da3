"""A plain line of the log tells the title of each uploaded file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from reference_service.web.uploads import MultipartReader

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from reference_service.model import Upload
    from reference_service.parts import Parts

weakness = "tracing.log-forging"
mode = "grey"


class Telling(MultipartReader):
    async def upload(self, form: FormData, limit: int) -> Upload:
        upload = await super().upload(form, limit)
        sys.stderr.write(f"received {upload.title}\n")
        sys.stderr.flush()
        return upload


def apply(parts: Parts) -> None:
    """Tell what comes in."""
    parts.upload_reader = Telling(parts)
