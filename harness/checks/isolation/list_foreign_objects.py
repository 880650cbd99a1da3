"""Broken object level authorization (OWASP API1:2023, CWE-639): listing."""

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
    catches=["isolation.list"],
    needs=Needs(users=2, operations=("create", "list")),
    owasp="API1:2023",
    cwe=639,
)
async def list_foreign_objects(lab: Lab) -> AsyncIterator[Observation]:
    """A user does not find another user's objects in a list."""
    async for observation in foreign_sight(lab, "list"):
        yield observation
