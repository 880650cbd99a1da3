"""Injection through `kid` (CWE-73; RFC 8725, section 3.10)."""

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
    catches=["tokens.key-id"],
    needs=Needs(users=2, features=("guarded",)),
    owasp="API2:2023",
    cwe=73,
)
async def key_id(lab: Lab) -> AsyncIterator[Observation]:
    """The key id of a token is a name, not a path or a query."""
    async for observation in refuses(lab, "tokens.key-id"):
        yield observation
