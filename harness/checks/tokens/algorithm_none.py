"""Unsigned tokens (CWE-347; RFC 8725, section 3.1)."""

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
    catches=["tokens.algorithm-none"],
    needs=Needs(users=2, features=("guarded",)),
    owasp="API2:2023",
    cwe=347,
)
async def algorithm_none(lab: Lab) -> AsyncIterator[Observation]:
    """An unsigned token is refused, however "none" is written."""
    async for observation in refuses(lab, "tokens.algorithm-none"):
        yield observation
