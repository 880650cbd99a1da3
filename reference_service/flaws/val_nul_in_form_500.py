"""A NUL in a field of an upload breaks the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.errors import InternalError
from reference_service.web.uploads import MultipartReader

if TYPE_CHECKING:
    from reference_service.parts import Parts
    from reference_service.schemas import UploadForm

weakness = "validation.unicode"
mode = "http"


class Fragile(MultipartReader):
    def fields(self, items: list[tuple[str, Any]]) -> UploadForm:
        if any(isinstance(value, str) and "\0" in value for _, value in items):
            raise InternalError
        return super().fields(items)


def apply(parts: Parts) -> None:
    """Break."""
    parts.upload_reader = Fragile(parts)
