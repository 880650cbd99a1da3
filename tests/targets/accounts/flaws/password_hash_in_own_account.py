"""One's own account, and the list for administrators, show the password hash."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import show_me

if TYPE_CHECKING:
    from typing import Any

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account

weakness = "exposure.credentials"
mode = "http"


def _show(account: Account) -> dict[str, Any]:
    return {**show_me(account), "password_hash": account.password_hash}


def apply(parts: Parts) -> Parts:
    """Send more, or less, than the document describes."""
    return replace(parts, show_me=_show)
