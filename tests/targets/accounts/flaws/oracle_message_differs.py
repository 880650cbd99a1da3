"""The message of a 404 differs for an item of somebody else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.errors import ApiError, not_found

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Item

weakness = "oracle.body"
mode = "http"


def _missing(item: Item | None) -> ApiError:
    return ApiError(404, "not_found", "there is no such thing among yours") if item else not_found()


def apply(parts: Parts) -> Parts:
    """Word the refusal by what is there."""
    return replace(parts, missing=_missing)
