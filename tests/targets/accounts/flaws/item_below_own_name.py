"""Under the own name every item is found: whose it is, is taken from the path."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "isolation.nested"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Compare the name in the path with the caller, and nothing else."""
    return replace(parts, may_use_below=lambda _account, _item: True)
