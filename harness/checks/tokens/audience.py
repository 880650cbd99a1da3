"""Audience not checked (CWE-287; RFC 8725, section 3.9)."""

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
    catches=["tokens.audience"],
    needs=Needs(users=2, features=("guarded", "minter")),
    owasp="API2:2023",
    cwe=287,
)
async def audience(lab: Lab) -> AsyncIterator[Observation]:
    """A token for another audience is refused."""
    async for observation in refuses(lab, "tokens.audience"):
        yield observation
