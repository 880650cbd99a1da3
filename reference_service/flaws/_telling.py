"""What flaws share that write something of each upload into a plain line of the log."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from reference_service.web.uploads import MultipartReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import FormData

    from reference_service.model import Upload
    from reference_service.parts import Parts


class Telling(MultipartReader):
    """Reads uploads, and writes down what is told of each, as it is."""

    def __init__(self, parts: Parts, told: Callable[[Upload], str | None]) -> None:
        super().__init__(parts)
        self.told = told

    async def upload(self, form: FormData, limit: int) -> Upload:
        """Return the upload in a form."""
        upload = await super().upload(form, limit)
        sys.stderr.write(f"received {self.told(upload)}\n")
        sys.stderr.flush()
        return upload
