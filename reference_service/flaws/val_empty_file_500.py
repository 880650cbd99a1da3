"""A file of no bytes breaks the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.media import ContentSniffer

if TYPE_CHECKING:
    from reference_service.model import Upload
    from reference_service.parts import Parts

weakness = "validation.unicode"
mode = "http"


class Flawed(ContentSniffer):
    def judge(self, upload: Upload) -> str:
        first = upload.body[0]
        return super().judge(upload) if first else super().textual(upload)


def apply(parts: Parts) -> None:
    """Look at the first byte, whether there is one or not."""
    parts.media_types = Flawed()
