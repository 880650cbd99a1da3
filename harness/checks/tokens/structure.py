"""Ambiguous or malformed tokens (CWE-20; RFC 8725, section 3.11)."""

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
    catches=["tokens.structure"],
    needs=Needs(users=2, features=("guarded",)),
    owasp="API2:2023",
    cwe=20,
)
async def structure(lab: Lab) -> AsyncIterator[Observation]:
    """A token that is malformed or ambiguous is refused."""
    async for observation in refuses(lab, "tokens.structure"):
        yield observation
