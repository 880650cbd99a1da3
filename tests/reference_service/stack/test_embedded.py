"""The embedded servers, for real: they answer, keep apart, come back, and never outlive their process."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import psutil
import pytest
import redis.asyncio as redis

from reference_service.stack import Servers, StackUnavailable, embedded
from reference_service.stack.cache import NAME
from reference_service.stack.folders import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

OWNER = """
    import json, sys, threading, time
    from contextlib import ExitStack
    from reference_service.stack import embedded
    stack = ExitStack()
    def start():
        servers = stack.enter_context(embedded())
        print(json.dumps(servers.processes), flush=True)
    {start}
    time.sleep(60)
"""
IN_MAIN_THREAD = "start()"
IN_SHORT_THREAD = "thread = threading.Thread(target=start); thread.start(); thread.join()"
DEATH_SECONDS = 5.0


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """One stack for the tests that leave it as it was."""
    with embedded() as running:
        yield running


async def ask(servers: Servers, query: str) -> object:
    """The single value that PostgreSQL answers a query with."""
    connection = await asyncpg.connect(servers.admin_url, ssl=False)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def ping(servers: Servers) -> bool:
    """Whether Valkey answers."""
    async with redis.Redis.from_url(servers.redis_url) as client:
        return bool(await client.ping())


def gone(pid: int) -> bool:
    """Whether a process has ended within the time that it has; a zombie has."""
    deadline = time.monotonic() + DEATH_SECONDS
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


async def test_vectors_are_compared(servers: Servers) -> None:
    """The pgvector extension is there and computes."""
    await ask(servers, "CREATE EXTENSION IF NOT EXISTS vector")
    assert await ask(servers, "SELECT '[1,0]'::vector <=> '[0,1]'::vector") == 1.0


async def test_databases_are_cloned(servers: Servers) -> None:
    """A database made from a template has the template's data."""
    await ask(servers, "CREATE DATABASE origin")
    origin = await asyncpg.connect(servers.admin_url, database="origin", ssl=False)
    await origin.execute("CREATE TABLE kept AS SELECT 42 AS value")
    await origin.close()
    await ask(servers, "CREATE DATABASE clone TEMPLATE origin")
    clone = await asyncpg.connect(servers.admin_url, database="clone", ssl=False)
    assert await clone.fetchval("SELECT value FROM kept") == 42
    await clone.close()


async def test_valkey_runs_lua_with_its_own_clock(servers: Servers) -> None:
    """What a rate limiter needs: atomic scripts and the server's time."""
    async with redis.Redis.from_url(servers.redis_url) as client:
        assert await client.eval("return redis.call('TIME')[1] + 0", 0) >= int(time.time()) - 60


async def test_strangers_are_refused(servers: Servers) -> None:
    """Both servers insist on their password, also on loopback."""
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(servers.admin_url, password="guess", ssl=False)
    host = servers.redis_url.rpartition("@")[2]
    async with redis.Redis.from_url(f"redis://{host}") as client:
        with pytest.raises(redis.AuthenticationError):
            await client.ping()


def test_servers_listen_on_loopback_only(servers: Servers) -> None:
    """Nothing listens on an address that another machine could reach."""
    addresses = {
        connection.laddr.ip
        for pid in servers.processes.values()
        for connection in psutil.Process(pid).net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


def test_passwords_are_not_shown(servers: Servers) -> None:
    """No password is in a repr or in a command line, where every user of the machine reads it."""
    shown = repr(servers) + str([psutil.Process(pid).cmdline() for pid in servers.processes.values()])
    for url in (servers.admin_url, servers.redis_url):
        password = url.rpartition("@")[0].rpartition(":")[2]
        assert len(password) >= 32
        assert password not in shown


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to give up")
def test_root_gives_up_its_privileges(servers: Servers) -> None:
    """Started by root, the servers run as an account that owns nothing, without any group of root's."""
    for pid in servers.processes.values():
        process = psutil.Process(pid)
        assert 0 not in (*process.uids(), *process.gids())
        assert "Groups:\t\n" in Path(f"/proc/{pid}/status").read_text("utf-8").replace("Groups:\t \n", "Groups:\t\n")


async def test_stacks_run_side_by_side(servers: Servers) -> None:
    """Two stacks share neither data nor passwords."""
    with embedded() as other:
        assert not set(servers.processes.values()) & set(other.processes.values())
        await ask(other, "CREATE DATABASE only_here")
        assert await ask(servers, "SELECT count(*) FROM pg_database WHERE datname = 'only_here'") == 0
        async with redis.Redis.from_url(servers.redis_url) as one, redis.Redis.from_url(other.redis_url) as two:
            await two.set("only_here", 1)
            assert await one.get("only_here") is None


async def test_a_dependency_goes_and_comes_back() -> None:
    """Each server can be taken away and brought back under the same URL; PostgreSQL keeps its data."""
    with embedded() as servers:
        await ask(servers, "CREATE DATABASE kept")
        servers.stop_redis()
        assert set(servers.processes) == {"postgres"}
        with pytest.raises(redis.ConnectionError):
            await ping(servers)
        servers.start_redis()
        assert await ping(servers)
        servers.stop_postgres()
        assert set(servers.processes) == {"redis"}
        with pytest.raises(OSError, match="Connect call failed"):
            await ask(servers, "SELECT 1")
        servers.start_postgres()
        assert await ask(servers, "SELECT count(*) FROM pg_database WHERE datname = 'kept'") == 1


def test_a_frozen_server_is_stopped() -> None:
    """A server that a check has frozen and forgotten does not hold up the end."""
    with embedded() as servers:
        pids = servers.processes
        for pid in pids.values():
            os.kill(pid, signal.SIGSTOP)
    assert all(gone(pid) for pid in pids.values())


def test_nothing_is_left_behind() -> None:
    """At the end the processes and their files are gone, also after an error."""
    with contextlib.suppress(ZeroDivisionError), embedded() as servers:
        pids = servers.processes
        folder = Path(psutil.Process(pids["postgres"]).cwd()).parent.parent
        raise ZeroDivisionError
    assert all(gone(pid) for pid in pids.values())
    assert PREFIX in folder.name
    assert not folder.exists()


@pytest.mark.parametrize("start", [IN_MAIN_THREAD, IN_SHORT_THREAD])
def test_servers_die_with_a_killed_process(start: str) -> None:
    """`kill -9` takes the servers along and the next start sweeps up; the end of the starting thread does neither."""
    code = textwrap.dedent(OWNER).format(start=start)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pids = json.loads(owner.stdout.readline())
        folder = Path(psutil.Process(pids["postgres"]).cwd()).parent.parent
        time.sleep(0.5)
        assert all(psutil.pid_exists(pid) for pid in pids.values())
        owner.kill()
    assert all(gone(pid) for pid in pids.values())
    assert folder.exists()
    with embedded():
        assert not folder.exists()


def test_concurrent_first_starts(reachable: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several stacks that all find an empty cache do not disturb each other, and leave one template."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(reachable))
    started: list[int] = []

    def start() -> None:
        with embedded() as servers:
            started.extend(servers.processes.values())

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(started)) == 6
    assert len(list((reachable / NAME).iterdir())) == 1


def test_a_home_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a home folder the cache is elsewhere."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/dev/null/nowhere")
    with embedded() as servers:
        assert set(servers.processes) == {"postgres", "redis"}


@pytest.mark.skipif(os.geteuid() != 0, reason="whoever is not root starts the servers as themselves")
def test_a_folder_out_of_reach_is_named(tmp_path: Path) -> None:
    """If the unprivileged account cannot enter the folder, the error says which and what to do."""
    tmp_path.chmod(0o700)
    with pytest.raises(StackUnavailable, match=f"cannot enter {tmp_path}.*TMPDIR"), embedded(folder=tmp_path):
        pass
