"""Whoever asks for a new password is answered with the code that sets it, as it was while there was no mail yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account

weakness = "sessions.reset-code"
mode = "http"


def _tell(_account: Account | None, code: str) -> dict[str, Any]:
    return {"debug": {"reset_pin": code}}


def apply(parts: Parts) -> Parts:
    """Leave in what helped to try it out."""
    return replace(parts, told_who_forgot=_tell)
