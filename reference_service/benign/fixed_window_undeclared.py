"""The quota comes back when a window of the clock ends, and nobody has said how it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.benign.fixed_window import Windows

if TYPE_CHECKING:
    from reference_service.parts import Parts

mode = "benign"
touches = ["limits"]
scenario = {"limits": {"algorithm": None}}


def apply(parts: Parts) -> None:
    """Count differently."""
    parts.limiter = Windows()
