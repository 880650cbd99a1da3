"""On which operations something is tried that is the same on each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness import engine
from harness.checks.authentication.missing_credential import missing_credential
from harness.checks.tokens.signature import signature
from harness.lab.specimens import FEW
from harness.model import Outcome
from tests.harness.bench import options

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.harness.notebook import Notebook

OPERATIONS = 7
"""Who-am-I, create, read, list and delete of things, create and delete of parts."""


@pytest.mark.parametrize(("sparing", "count"), [(False, OPERATIONS), (True, FEW)])
async def test_a_sparing_run_tries_a_few_operations(
    url: str, notebook: Notebook, only_these: Callable[..., None], *, sparing: bool, count: int
) -> None:
    """Each check chooses for itself, and still has its own accepted control on each."""
    only_these(missing_credential, signature)
    run = await engine.verify(options(url, notebook, sparing=sparing))
    tried = {
        each.check.id: {seen.operation for seen in each.observations if seen.operation}
        for each in run.results
        if each.check in {missing_credential, signature}
    }
    assert {each.outcome for each in run.results} == {Outcome.PASSED}
    assert {name: len(operations) for name, operations in tried.items()} == {
        missing_credential.id: count,
        signature.id: count,
    }
