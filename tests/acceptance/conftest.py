"""One reference service for all acceptance tests that leave it as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.acceptance.running import Service, reference_service
from tests.targets.common.running import Stage, stage

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A sound reference service on its embedded stack."""
    with reference_service(tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.fixture(scope="module")
def theatre() -> Iterator[Stage]:
    """A server on loopback for small applications."""
    with stage() as served:
        yield served


@pytest.fixture(scope="module")
def decoy_stage() -> Iterator[Stage]:
    """Another server on loopback, which must not be hit."""
    with stage() as served:
        yield served
