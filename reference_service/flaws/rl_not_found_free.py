"""Requests for what does not exist are given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_service.flaws._refunding import refund

if TYPE_CHECKING:
    from reference_service.parts import Parts

weakness = "limits.errors-free"
mode = "http"


def apply(parts: Parts) -> None:
    """Give tokens back."""
    refund(parts, 404)
