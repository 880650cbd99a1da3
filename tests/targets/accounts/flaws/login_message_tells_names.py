"""A login says whether the name or the password is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.errors import unauthenticated

if TYPE_CHECKING:
    from tests.targets.accounts.errors import ApiError
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account

weakness = "enumeration.message"
mode = "http"


def _refused(account: Account | None) -> ApiError:
    return unauthenticated("the password is wrong" if account else "there is no such user")


def apply(parts: Parts) -> Parts:
    """Be too helpful."""
    return replace(parts, login_refused=_refused)
