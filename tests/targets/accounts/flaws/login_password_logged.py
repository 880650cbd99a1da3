"""The log says which password was given."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.targets.accounts.parts import Parts

weakness = "exposure.log"
mode = "grey"


def apply(parts: Parts) -> Parts:
    """Write down what was given."""

    def verify(password: str, stored: str) -> bool:
        sys.stderr.write(f"comparing {password}\n")
        sys.stderr.flush()
        return parts.verify(password, stored)

    return replace(parts, verify=verify)
