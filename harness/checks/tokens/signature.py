"""Improper verification of a cryptographic signature (CWE-347; RFC 8725, section 3.3)."""

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
    severity=Severity.CRITICAL,
    catches=["tokens.signature"],
    needs=Needs(users=2, features=("guarded",)),
    owasp="API2:2023",
    cwe=347,
)
async def signature(lab: Lab) -> AsyncIterator[Observation]:
    """A token whose signature does not match is refused."""
    async for observation in refuses(lab, "tokens.signature"):
        yield observation
