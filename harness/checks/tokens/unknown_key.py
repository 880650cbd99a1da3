"""Tokens whose key id names no published key (CWE-347; RFC 7515, section 4.1.4)."""

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
    catches=["tokens.unknown-key"],
    needs=Needs(users=2, features=("guarded",)),
    owasp="API2:2023",
    cwe=347,
)
async def unknown_key(lab: Lab) -> AsyncIterator[Observation]:
    """A key that nobody has published verifies nothing, whatever id the token names."""
    async for observation in refuses(lab, "tokens.unknown-key"):
        yield observation
