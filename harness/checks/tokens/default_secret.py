"""Hard-coded credentials (CWE-798)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from harness.checks.tokens._forging import any_secret, refuses
from harness.lab import Inconclusive
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Observation


@check(
    severity=Severity.CRITICAL,
    catches=["tokens.default-secret"],
    needs=Needs(users=2, features=("guarded",)),
    owasp="API2:2023",
    cwe=798,
)
async def default_secret(lab: Lab) -> AsyncIterator[Observation]:
    """A token signed with a well-known development secret is refused."""
    anything = None
    with contextlib.suppress(Inconclusive):  # each operation has an accepted token of its own beside it
        anything = await any_secret(lab, await lab.user(lab.session.introductions.names[0]))
    if anything is not None:
        yield anything
        return
    async for observation in refuses(lab, "tokens.default-secret"):
        yield observation
