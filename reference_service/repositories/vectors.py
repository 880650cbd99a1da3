"""Vectors as PostgreSQL reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def vector_text(vector: Sequence[float]) -> str:
    """Return a vector in the input format of pgvector."""
    return "[" + ",".join([f"{value:.6g}" if value else "0" for value in vector]) + "]"
