"""Issuer not checked (CWE-345; RFC 8725, section 3.8)."""

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
    catches=["tokens.issuer"],
    needs=Needs(users=2, features=("guarded", "minter")),
    owasp="API2:2023",
    cwe=345,
)
async def issuer(lab: Lab) -> AsyncIterator[Observation]:
    """A token of another issuer is refused."""
    async for observation in refuses(lab, "tokens.issuer"):
        yield observation
