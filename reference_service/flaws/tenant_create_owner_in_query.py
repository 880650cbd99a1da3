"""A query parameter `owner_id` of an upload says whose the file is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._shared import Trusting

if TYPE_CHECKING:
    from fastapi import Request

    from reference_service.parts import Parts

weakness = "isolation.create"
mode = "http"


def _owner(request: Request, operation: str) -> str | None:
    return request.query_params.get("owner_id") if operation == "upload_file" else None


def apply(parts: Parts) -> None:
    """Take the caller at its word."""
    parts.authenticator = Trusting(parts, _owner)
