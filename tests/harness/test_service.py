"""Services that the harness starts itself: waited for, told of when they fail, and ended."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from harness.errors import ConfigurationError
from harness.scenario.schema import ServiceSpec
from harness.service import generate, serve, starting

if TYPE_CHECKING:
    from pathlib import Path

READY = "import sys, time; print('starting'); print('READY http://127.0.0.1:1', flush=True); "


def spec(script: str, **more: Any) -> ServiceSpec:
    """Return a service that is a line of Python."""
    return ServiceSpec(command=["{python}", "-c", script], **more)


async def test_a_service_is_there_once_it_says_so_and_gone_afterwards(tmp_path: Path) -> None:
    """Its URL is that of the READY line; its log is kept; it ends with the block."""
    async with serve(spec(READY + "print('on'); time.sleep(60)"), folder=tmp_path, generated={}) as running:
        assert running.url == "http://127.0.0.1:1"
        process = psutil.Process(running.pid)
        assert process.is_running()
    assert not process.is_running()


async def test_it_gets_its_folder_arguments_environment_and_secrets(tmp_path: Path) -> None:
    """Everything that the scenario says reaches the process; a secret by its environment only."""
    (tmp_path / "below").mkdir()
    script = "import os, sys; print('READY', sys.argv[1:], os.getcwd(), os.environ['A'], os.environ['S'][::-1])"
    made = generate(spec("", generate=["S"]))
    async with serve(
        spec(script, folder="below", environment={"A": "a"}, generate=["S"]),
        folder=tmp_path,
        generated=made,
        arguments=["--flaws", "x"],
    ) as running:
        assert running.url == f"['--flaws', 'x'] {tmp_path}/below a {made['S'][::-1]}"
        assert made["S"] not in repr(running)
    assert len(made["S"]) >= 32
    assert generate(spec("", generate=["S"])) != made


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import sys; print('no port', file=sys.stderr); sys.exit(3)", "ended with status 3 before it was ready"),
        ("pass", r"ended with status 0 before it was ready; its last lines:\n  \(it printed nothing\)"),
        ("import time; time.sleep(60)", r"did not print READY <url> within 1\.5 s"),
    ],
)
async def test_a_service_that_does_not_come_up_is_told_with_its_last_lines(
    tmp_path: Path, script: str, said: str
) -> None:
    """Ended early, or silent: one error, and no process is left."""
    before = set(psutil.Process().children())
    with pytest.raises(ConfigurationError, match=f"(?s)service.command: {sys.executable}.* {said}") as caught:
        async with serve(spec(script, ready_within=1.5), folder=tmp_path, generated={}):
            raise AssertionError("it was never ready")
    assert ("no port" in str(caught.value)) == ("no port" in script)
    assert set(psutil.Process().children()) <= before


async def test_a_command_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """The error is about the scenario's command, and has no traceback of the operating system's."""
    with pytest.raises(ConfigurationError, match=r"cannot start 'no-such-program'.*prints READY <url>"):
        async with serve(ServiceSpec(command=["no-such-program"]), folder=tmp_path, generated={}):
            pass


async def test_a_service_that_does_not_listen_to_signals_is_killed_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a grace period nothing of its session is left."""
    monkeypatch.setattr(starting, "GRACE", 0.3)
    child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    script = f"import signal, subprocess; p = subprocess.Popen([sys.executable, '-c', {child!r}]); "
    stubborn = "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('READY', p.pid, flush=True); time.sleep(60)"
    async with serve(spec("import sys, time; " + script + stubborn), folder=tmp_path, generated={}) as running:
        below = psutil.Process(int(running.url))
    assert not psutil.pid_exists(running.pid)
    for _ in range(50):
        if not below.is_running() or below.status() == psutil.STATUS_ZOMBIE:
            break
        await asyncio.sleep(0.05)
    assert not below.is_running() or below.status() == psutil.STATUS_ZOMBIE
    assert os.getpgrp() != running.pid
