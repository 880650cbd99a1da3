"""The servers in containers, where an engine and its images are to be had."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import asyncpg
import psutil
import pytest
import redis.asyncio as redis

from reference_service.stack import StackUnavailable, containers

if TYPE_CHECKING:
    from collections.abc import Iterator

# The Docker client leaves its socket open if nobody answers.
pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def _collect_sockets() -> Iterator[None]:
    """Have left sockets found here, where they are expected."""
    yield
    gc.collect()


@pytest.fixture
def _no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address at which no engine listens."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")


async def test_containers_go_and_come_back() -> None:
    """Both servers answer under their passwords, on loopback only, and return under the same URL after a stop."""
    try:
        stack = containers()
        servers = stack.__enter__()
    except StackUnavailable as reason:
        pytest.skip(str(reason))
    try:
        async with redis.Redis.from_url(servers.redis_url) as client:
            assert await client.ping()
            servers.stop_redis()
            with pytest.raises(redis.ConnectionError):
                await client.ping()
            servers.start_redis()
            assert await client.ping()
        servers.stop_postgres()
        servers.start_postgres()
        connection = await asyncpg.connect(servers.admin_url, ssl=False)
        await connection.execute("CREATE EXTENSION vector")
        await connection.close()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(servers.admin_url, password="guess", ssl=False)
        ports = {int(url.rpartition(":")[2].partition("/")[0]) for url in (servers.admin_url, servers.redis_url)}
        listening = {
            connection.laddr.ip
            for connection in psutil.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port in ports
        }
        assert listening <= {"127.0.0.1"}
    finally:
        stack.__exit__(None, None, None)


@pytest.mark.usefixtures("_no_engine")
def test_without_an_engine_the_reason_is_given() -> None:
    """Where no engine answers, the error is ours and says why."""
    with pytest.raises(StackUnavailable, match="container engine cannot run the servers"), containers():
        pass
