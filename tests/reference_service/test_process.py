"""The service as a process: READY, exit codes, signals."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import pytest

from reference_service import provision
from tests.reference_service.running import KNOWLEDGE, SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from reference_service.stack import Servers

COMMAND = [sys.executable, "-m", "reference_service"]


def environment(folder: Path, **values: str) -> dict[str, str]:
    """Return the variables of a process."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("KNOWLEDGE_")}
    return own | {"KNOWLEDGE_STATE_FOLDER": str(folder / "state"), "KNOWLEDGE_JWT_SECRET": SECRET} | values


def run(folder: Path, *arguments: str, **values: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(folder, **values),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], str]]]:
    """Start processes, which are gone after the test."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str, **values: str) -> tuple[subprocess.Popen[str], str]:
        with (tmp_path / "log").open("w") as log:
            process = subprocess.Popen(
                [*COMMAND, "--port", "0", *arguments],
                env=environment(tmp_path, **values),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("READY http://127.0.0.1:"), (tmp_path / "log").read_text()
        return process, line.split()[1]

    yield begin
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_the_embedded_service_starts_serves_and_ends(
    launch: Callable[..., tuple[subprocess.Popen[str], str]], tmp_path: Path
) -> None:
    """Two commands of a newcomer: start, sign up; SIGTERM ends it and its servers with exit code 0."""
    endpoints = tmp_path / "endpoints.json"
    process, url = launch("--flaws", "rid-constant", "--endpoints-file", str(endpoints))
    assert httpx.get(f"{url}/ready", trust_env=False).status_code == 200
    made = httpx.post(f"{url}/api/v1/stream/auth/anon", trust_env=False).json()
    bearer = {"Authorization": f"Bearer {made['access_token']}"}
    assert httpx.get(f"{url}{KNOWLEDGE}/files", headers=bearer, trust_env=False).json()["total"] == 0
    assert httpx.get(f"{url}/version", trust_env=False).json()["flaws"] == ["rid-constant"]
    told: dict[str, Any] = json.loads(endpoints.read_text())
    assert stat.S_IMODE(endpoints.stat().st_mode) == 0o600
    assert (told["url"], told["pid"]) == (url, process.pid)
    assert set(told["processes"]) == {"postgres", "redis"}
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    log = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert any(line.get("flaws") == ["rid-constant"] and line["level"] == "warning" for line in log)
    assert not any(psutil.pid_exists(pid) for pid in told["processes"].values())


def test_what_was_acknowledged_survives_a_sigterm(
    launch: Callable[..., tuple[subprocess.Popen[str], str]], servers: Servers, tmp_path: Path
) -> None:
    """Uploads in flight when the signal comes are finished or refused; every 202 is there after a restart."""
    url = asyncio.run(provision.create_database(servers.admin_url, "sigterm"))
    values = {
        "DATABASE_URL": url,
        "REDIS_URL": servers.redis_url,
        "KNOWLEDGE_STORAGE_URL": str(tmp_path / "bodies"),
        "KNOWLEDGE_REDIS_PREFIX": "sigterm",
    }
    process, base = launch(**values)
    token = httpx.post(f"{base}/api/v1/stream/auth/anon", trust_env=False).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    accepted: list[str] = []

    def upload() -> None:
        with httpx.Client(base_url=base, headers=bearer, timeout=10, trust_env=False) as client:
            for number in range(20):
                try:
                    answer = client.post(f"{KNOWLEDGE}/upload", files={"file": ("a.txt", f"{number}" * 1000)})
                except httpx.TransportError:
                    return
                accepted.append(answer.json()["file_id"])

    threads = [threading.Thread(target=upload) for _ in range(3)]
    for thread in threads:
        thread.start()
    while len(accepted) < 6:
        time.sleep(0.01)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert time.monotonic() - began < 10
    for thread in threads:
        thread.join()
    _, base = launch(**values)
    listed = httpx.get(f"{base}{KNOWLEDGE}/files?limit=100", headers=bearer, trust_env=False).json()
    assert set(accepted) <= {file["file_id"] for file in listed["files"]}


def test_a_supervised_service_is_started_anew_at_its_address(
    launch: Callable[..., tuple[subprocess.Popen[str], str]], tmp_path: Path
) -> None:
    """What was stored is there after a SIGTERM to what serves; one to the command ends everything with exit code 0."""
    endpoints = tmp_path / "endpoints.json"
    process, url = launch("--supervised", "--endpoints-file", str(endpoints))
    first = json.loads(endpoints.read_text())["serving"]
    token = httpx.post(f"{url}/api/v1/stream/auth/anon", trust_env=False).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    made = httpx.post(f"{url}{KNOWLEDGE}/upload", files={"file": ("a.txt", "text")}, headers=bearer, trust_env=False)
    os.kill(first, signal.SIGTERM)
    assert process.stdout is not None
    assert process.stdout.readline() == f"READY {url}\n"
    second = json.loads(endpoints.read_text())["serving"]
    assert first != second
    assert not psutil.pid_exists(first)
    listed = httpx.get(f"{url}{KNOWLEDGE}/files", headers=bearer, trust_env=False).json()["files"]
    assert [file["file_id"] for file in listed] == [made.json()["file_id"]]
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert not psutil.pid_exists(second)


def test_mistakes_end_with_4_and_one_line(tmp_path: Path) -> None:
    """Settings, flaws, addresses: no traceback, nothing on standard output."""
    cases = [
        run(tmp_path, KNOWLEDGE_TYPO="x"),
        run(tmp_path, "--flaws", "nonsense"),
        run(tmp_path, "--flaws", "rl-absent", KNOWLEDGE_ENVIRONMENT="production"),
        run(tmp_path, "--flaws-from", str(tmp_path / "none"), "--flaws", "x"),
        run(tmp_path, DATABASE_URL="postgresql://x:y@127.0.0.1:1/z", REDIS_URL="redis://127.0.0.1:1"),
    ]
    for done in cases:
        assert (done.returncode, done.stdout) == (4, ""), done.stderr
        assert done.stderr.startswith("error: ")
        assert "Traceback" not in done.stderr
        assert SECRET not in done.stderr


def test_flaws_are_listed_without_starting_anything(tmp_path: Path) -> None:
    """As JSON and as a table."""
    rows = json.loads(run(tmp_path, "--list-flaws", "--json").stdout)
    assert {"name", "weakness", "mode", "title"} == set(rows[0])
    assert {row["needs"] for row in rows if "needs" in row} == {"key-set"}
    assert {row["mode"] for row in rows} == {"http", "many", "grey", "benign"}
    assert run(tmp_path, "--list-flaws").stdout.count("\n") == len(rows)
