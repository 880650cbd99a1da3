"""Lists carry no Cache-Control."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.projects.parts import Parts

weakness = "caching.no-store"
mode = "http"


def _headers(operation: str) -> dict[str, str]:
    return {} if operation.endswith(".list") else {"Cache-Control": "no-store"}


def apply(parts: Parts) -> Parts:
    """Send other headers for caches."""
    return replace(parts, headers=_headers)
