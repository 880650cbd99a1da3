"""Whatever begins with the first four bytes of a PNG is taken for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service import media

if TYPE_CHECKING:
    from reference_service.model import Upload
    from reference_service.parts import Parts

weakness = "validation.media-type"
mode = "http"
FIRST = b"\x89PNG"


class Flawed(media.ContentSniffer):
    def judge(self, upload: Upload) -> str:
        return media.PNG if upload.body.startswith(FIRST) else super().judge(upload)


def apply(parts: Parts) -> None:
    """Look no further."""
    parts.media_types = Flawed()
