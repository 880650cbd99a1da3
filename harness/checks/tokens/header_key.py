"""Keys from the token header: jwk, jku, x5u, x5c (CWE-347; RFC 8725, section 3.10)."""

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
    catches=["tokens.header-key"],
    needs=Needs(users=2, features=("guarded",)),
    owasp="API2:2023",
    cwe=347,
)
async def header_key(lab: Lab) -> AsyncIterator[Observation]:
    """A key that a token brings along is not trusted."""
    async for observation in refuses(lab, "tokens.header-key"):
        yield observation
