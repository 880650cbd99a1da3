"""Private answers may be kept by shared caches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "isolation.cache"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Let every cache keep everything."""
    return replace(parts, private_headers={"Cache-Control": "public, max-age=60"})
