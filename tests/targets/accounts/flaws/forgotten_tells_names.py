"""Whoever asks for a new password is told when nobody has that name, so that a typing error is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account

weakness = "enumeration.recovery"
mode = "http"


def _tell(account: Account | None, _code: str) -> dict[str, Any]:
    return {"message": "there is no such account"} if account is None else {}


def apply(parts: Parts) -> Parts:
    """Be helpful."""
    return replace(parts, told_who_forgot=_tell)
