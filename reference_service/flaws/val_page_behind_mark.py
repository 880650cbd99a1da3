"""A page is refused, and taken for text where white space or a byte order mark stands before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service import media

if TYPE_CHECKING:
    from reference_service.model import Upload
    from reference_service.parts import Parts

weakness = "validation.media-type"
mode = "http"


class Flawed(media.ContentSniffer):
    def textual(self, upload: Upload) -> str:
        if media.MARKUP.match(upload.body) and not upload.body.startswith(b"<"):
            return media.TEXT
        return super().textual(upload)


def apply(parts: Parts) -> None:
    """Look at the first byte only."""
    parts.media_types = Flawed()
