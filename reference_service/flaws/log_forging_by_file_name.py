"""A plain line of the log tells the name of each uploaded file, as the browser has encoded it or not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from urllib.parse import unquote

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
        sys.stderr.write(f"received {unquote(upload.file_name)}\n")
        sys.stderr.flush()
        return upload


def apply(parts: Parts) -> None:
    """Tell what comes in."""
    parts.upload_reader = Telling(parts)
