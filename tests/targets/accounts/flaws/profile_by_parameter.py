"""One's own account is that of whoever the query names."""

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


def _named(state: State, caller: Account, given: Mapping[str, Any]) -> Account:
    try:
        return state.accounts.get(UUID(given.get("user_id", "")), caller)
    except ValueError:
        return caller


def apply(parts: Parts) -> Parts:
    """Let a parameter, kept for the support desk, say whose account is shown."""
    return replace(parts, shown_as_own=_named)
