"""Private reads may be kept by shared caches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "isolation.cache"
mode = "http"


def _headers(operation: str) -> dict[str, str]:
    return {"Cache-Control": "public, max-age=60" if operation.endswith((".read", ".list", ".search")) else "no-store"}


def apply(parts: Parts) -> Parts:
    """Send other headers for caches."""
    return replace(parts, headers=_headers)
