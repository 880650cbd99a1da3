"""Insufficient session expiration (CWE-613; RFC 7519, section 4.1.4)."""

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
    catches=["tokens.expiry"],
    needs=Needs(users=2, features=("guarded", "minter")),
    owasp="API2:2023",
    cwe=613,
)
async def expiry(lab: Lab) -> AsyncIterator[Observation]:
    """An expired token is refused."""
    async for observation in refuses(lab, "tokens.expiry"):
        yield observation
