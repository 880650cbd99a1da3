"""A login hashes the password at a real cost, and only if somebody has the name."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.targets.accounts.parts import login_refused

if TYPE_CHECKING:
    from tests.targets.accounts.errors import ApiError
    from tests.targets.accounts.parts import Parts
    from tests.targets.accounts.state import Account

weakness = "enumeration.time"
mode = "many"


def _refused(account: Account | None) -> ApiError:
    if account is not None:
        hashlib.scrypt(b"at a real cost", salt=b"of 12 ms or so", n=2**12, r=8, p=1, dklen=32)
    return login_refused(account)


def apply(parts: Parts) -> Parts:
    """Save the work for names that nobody has."""
    return replace(parts, login_refused=_refused)
