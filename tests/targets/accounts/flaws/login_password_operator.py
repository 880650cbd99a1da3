"""A log-in takes an operator in place of the password, which every account has."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tests.targets.accounts.passwords import NOBODY, verify
from tests.targets.common.operators import ANY, Reading

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "injection.operator"
mode = "http"


def _verify(password: str, stored: str) -> bool:
    return (ANY.get() and stored != NOBODY) or verify(password, stored)


def apply(parts: Parts) -> Parts:
    """Evaluate it."""
    return replace(parts, wrap=partial(Reading, name="password"), verify=_verify)
