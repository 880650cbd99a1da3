"""A change of one's own account is saved into the account that its body names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account, State

weakness = "isolation.singleton"
mode = "http"


def _saved(state: State, caller: Account, given: Mapping[str, Any]) -> Account:
    try:
        return state.accounts.get(UUID(str(given.get("id", ""))), caller)
    except ValueError:
        return caller


def apply(parts: Parts) -> Parts:
    """Save what a body holds, its identifier too."""
    return replace(parts, changed_as_own=_saved)
