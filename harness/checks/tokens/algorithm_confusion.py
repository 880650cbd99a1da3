"""Algorithm confusion (CWE-327; RFC 8725, section 2.1)."""

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
    catches=["tokens.algorithm-confusion"],
    needs=Needs(users=2, features=("guarded", "minter")),
    owasp="API2:2023",
    cwe=327,
)
async def algorithm_confusion(lab: Lab) -> AsyncIterator[Observation]:
    """A token does not choose the algorithm that it is verified with."""
    async for observation in refuses(lab, "tokens.algorithm-confusion"):
        yield observation
