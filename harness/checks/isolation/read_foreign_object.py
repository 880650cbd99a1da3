"""Broken object level authorization (OWASP API1:2023, CWE-639): reading."""

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
    catches=["isolation.read"],
    needs=Needs(users=2, operations=("create", "read")),
    owasp="API1:2023",
    cwe=639,
)
async def read_foreign_object(lab: Lab) -> AsyncIterator[Observation]:
    """A user cannot read an object that another user owns."""
    async for observation in foreign_sight(lab, "read"):
        yield observation
