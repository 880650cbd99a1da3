"""Whatever has the mark of a PDF in its first thousand bytes is taken for one: a page with it in a comment, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.media import PDF, ContentSniffer

if TYPE_CHECKING:
    from reference_service.model import Upload
    from reference_service.parts import Parts

weakness = "validation.media-type"
mode = "http"
LOOKED_AT = 1024


class Flawed(ContentSniffer):
    def judge(self, upload: Upload) -> str:
        return PDF if b"%PDF-" in upload.body[:LOOKED_AT] else super().judge(upload)


def apply(parts: Parts) -> None:
    """Judge by a mark."""
    parts.media_types = Flawed()
