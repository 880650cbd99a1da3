"""Deeply nested metadata of an upload overflows the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_service.errors import InternalError
from reference_service.web.uploads import MultipartReader

if TYPE_CHECKING:
    from reference_service.parts import Parts
    from reference_service.schemas import UploadForm

weakness = "validation.depth"
mode = "http"
LEVELS = 1000


class Careless(MultipartReader):
    def fields(self, items: list[tuple[str, Any]]) -> UploadForm:
        for name, value in items:
            if name == "metadata" and isinstance(value, str) and value.count("[") + value.count("{") > LEVELS:
                raise InternalError
        return super().fields(items)


def apply(parts: Parts) -> None:
    """Decode without a bound."""
    parts.upload_reader = Careless(parts)
