"""One PostgreSQL and one Valkey for all tests; a fresh database, cloned from a template, for each service."""

from __future__ import annotations

import asyncio
import functools
import logging
from typing import TYPE_CHECKING

import pytest
import structlog

from reference_service import provision
from reference_service.stack import embedded
from tests.reference_service.running import Running, User, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from reference_service.stack import Servers

TEMPLATE = "test_template"


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """The servers."""
    with embedded() as started:
        yield started


@pytest.fixture(scope="session")
def start(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., AbstractContextManager[Running]]:
    """Return what starts a service of one's own, which takes flaws and any settings."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio.run(provision.provision(asyncio.run(provision.create_database(servers.admin_url, TEMPLATE))))
    return functools.partial(running, servers, TEMPLATE, tmp_path_factory.mktemp("bodies"))


@pytest.fixture(scope="session")
def service(start: Callable[..., AbstractContextManager[Running]]) -> Iterator[Running]:
    """The sound service that most tests share; each test has users of its own."""
    with start() as started:
        yield started


@pytest.fixture
def alice(service: Running) -> User:
    """A new user."""
    return service.user()


@pytest.fixture
def bob(service: Running) -> User:
    """Another new user."""
    return service.user()
