"""Broken object level authorization (OWASP API1:2023, CWE-639): searching."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.isolation._sight import foreign_sight
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.search"],
    needs=Needs(users=2, operations=("create", "search")),
    owasp="API1:2023",
    cwe=639,
)
async def search_foreign_objects(lab: Lab) -> AsyncIterator[Observation]:
    """A user does not find another user's objects by searching for their content."""
    async for observation in foreign_sight(lab, "search"):
        yield observation
