"""An item of somebody else answers 403, an unknown one 404."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.errors import forbidden, not_found

if TYPE_CHECKING:
    from tests.targets.accounts.errors import ApiError
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Item

weakness = "oracle.status"
mode = "http"


def _missing(item: Item | None) -> ApiError:
    return forbidden() if item else not_found()


def apply(parts: Parts) -> Parts:
    """Tell what is forbidden from what is not there."""
    return replace(parts, missing=_missing)
