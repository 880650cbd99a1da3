"""Whatever begins with a letter is text: scripts and pages are taken under any name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service import media
from reference_service.errors import UnsupportedType

if TYPE_CHECKING:
    from reference_service.model import Upload
    from reference_service.parts import Parts

weakness = "validation.media-type"
mode = "http"


class Trusting(media.ContentSniffer):
    def judge(self, upload: Upload) -> str:
        try:
            return super().judge(upload)
        except UnsupportedType:
            return media.TEXT


def apply(parts: Parts) -> None:
    """Take everything else for text."""
    parts.media_types = Trusting()
