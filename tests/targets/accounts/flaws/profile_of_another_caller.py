"""One's own account is taken from a variable that all requests share, as long as the own one has nothing in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import show_me

if TYPE_CHECKING:
    from typing import Any

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account

weakness = "isolation.singleton"
mode = "http"


def apply(parts: Parts) -> Parts:
    """Keep the display name that was shown last, and show it where an account has none."""
    last = ""

    def show(account: Account) -> dict[str, Any]:
        nonlocal last
        last = account.display_name or last
        return {**show_me(account), "display_name": last}

    return replace(parts, show_me=show)
