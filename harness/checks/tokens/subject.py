"""Tokens without a subject that fall back to a shared user (CWE-1287)."""

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
    catches=["tokens.subject"],
    needs=Needs(users=2, operations=("create",), features=("minter",)),
    owasp="API2:2023",
    cwe=1287,
)
async def subject(lab: Lab) -> AsyncIterator[Observation]:
    """A token without a usable subject is refused."""
    async for observation in refuses(lab, "tokens.subject"):
        yield observation
