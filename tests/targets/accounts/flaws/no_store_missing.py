"""Private answers carry no Cache-Control."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "caching.no-store"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Say nothing to caches."""
    return replace(parts, private_headers={})
