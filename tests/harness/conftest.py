"""One server on loopback for all small services of the tests, and the checks that a test wants instead of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.engine import plan
from tests.harness.notebook import Notebook
from tests.targets.common.running import Stage, stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.model import Check


@pytest.fixture(scope="session")
def theatre() -> Iterator[Stage]:
    """Serve one application after another."""
    with stage() as served:
        yield served


@pytest.fixture
def notebook() -> Notebook:
    """A sound service of a few routes."""
    return Notebook()


@pytest.fixture
def url(theatre: Stage, notebook: Notebook) -> str:
    """Where the notebook answers."""
    return theatre.show(notebook)


@pytest.fixture
def only_these(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let a run have the given checks, and no phase with a process of its own."""

    def use(*checks: Check) -> None:
        monkeypatch.setattr(plan, "every_check", lambda: checks)

    return use
