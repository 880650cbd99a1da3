"""Tokens that never expire (CWE-613)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.tokens._forging import refuses
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation


@check(
    severity=Severity.HIGH,
    catches=["tokens.expiry-required"],
    needs=Needs(users=2, features=("guarded", "minter")),
    owasp="API2:2023",
    cwe=613,
)
async def expiry_required(lab: Lab) -> AsyncIterator[Observation]:
    """A token without a sensible expiry is refused."""
    async for observation in refuses(lab, "tokens.expiry-required"):
        yield observation
