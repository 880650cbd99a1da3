"""A plain line of the log tells the name of each uploaded file, as the browser has encoded it or not."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from reference_service.flaws._telling import Telling

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "tracing.log-forging"
mode = "grey"


def apply(parts: Parts) -> None:
    """Tell what comes in."""
    parts.upload_reader = Telling(parts, lambda upload: unquote(upload.file_name))
