"""The harness and the reference service as processes of their own, as a user has them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import jwt
import psutil
import pytest

from harness import cli
from harness.scenario import load_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parents[2]
KNOWLEDGE = REPOSITORY / "scenarios" / "knowledge.toml"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What came of a command: its exit code, what it printed, and the command lines of all that it started."""

    code: int
    out: str
    err: str
    lines: frozenset[str] = frozenset()

    @property
    def shown(self) -> str:
        """Everything that was printed."""
        return self.out + self.err


@dataclass(kw_only=True)
class Running:
    """A harness that runs in a folder."""

    process: subprocess.Popen[str]
    folder: Path
    _lines: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Look at the command lines of the process and all below it, for as long as it runs."""
        self._looking = threading.Thread(target=self._look, daemon=True)
        self._looking.start()

    def _look(self) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            root = psutil.Process(self.process.pid)
            while self.process.poll() is None:
                for each in (root, *root.children(recursive=True)):
                    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                        self._lines.add(" ".join(each.cmdline()))
                time.sleep(0.02)

    def end(self, timeout: float = 150) -> Ended:
        """Wait for its end."""
        out, err = self.process.communicate(timeout=timeout)
        self._looking.join(timeout=5)
        return Ended(code=self.process.returncode, out=out, err=err, lines=frozenset(self._lines))


def start(*arguments: str, folder: Path, **variables: str) -> Running:
    """Start `harness` with these arguments in a folder."""
    known = {"PYTHONPATH": str(REPOSITORY), "COLUMNS": "400", "XDG_STATE_HOME": str(folder / "state")}
    process = subprocess.Popen(
        [sys.executable, "-m", "harness", *arguments],
        cwd=folder,
        env={**os.environ, **known, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Running(process=process, folder=folder)


def harness(*arguments: str, folder: Path, **variables: str) -> Ended:
    """Run the command line to its end, in this process, which saves two seconds for each."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["harness", *arguments])
        for name, value in {"COLUMNS": "400", "XDG_STATE_HOME": str(folder / "state"), **variables}.items():
            patch.setenv(name, value)
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Ended(code=code, out=out.getvalue(), err=err.getvalue())


def bundle(folder: Path) -> Path:
    """Return the one bundle that a run has left in its folder."""
    (found,) = [path for path in (folder / "artifacts").iterdir() if (path / "verdict.json").exists()]
    return found


def readable(folder: Path) -> dict[str, Any]:
    """Assert that the one bundle in a folder verifies, and return its verdict document."""
    found = bundle(folder)
    inspected = harness("inspect", str(found), folder=folder)
    assert inspected.code == 0, inspected.shown
    document: dict[str, Any] = json.loads((found / "verdict.json").read_text(encoding="utf-8"))
    return document


@dataclass(frozen=True, kw_only=True)
class Service:
    """A reference service that answers."""

    url: str
    secret: str
    endpoints: dict[str, Any]

    def token(self, subject: str, *, tier: str = "free", lifetime: int = 600) -> str:
        """Return a token as the issuer would sign it."""
        now = int(time.time())
        claims = {"sub": subject, "aud": "knowledge-api", "iss": "knowledge-auth", "tier": tier}
        return jwt.encode({**claims, "iat": now - 3600, "exp": now + lifetime}, self.secret, "HS256")

    def get(self, path: str, token: str) -> httpx.Response:
        """Ask as the holder of a token."""
        return httpx.get(self.url + path, headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=10)


@contextlib.contextmanager
def reference_service(folder: Path, flaws: str = "", secret: str | None = None) -> Iterator[Service]:
    """Start the reference service with a secret of its own, and end it afterwards."""
    secret, endpoints = secret or secrets.token_urlsafe(48), folder / "endpoints.json"
    known = ("--endpoints-file", str(endpoints))
    with served("knowledge", folder, *known, flaws=flaws, KNOWLEDGE_JWT_SECRET=secret) as url:
        yield Service(url=url, secret=secret, endpoints=json.loads(endpoints.read_text(encoding="utf-8")))


@contextlib.contextmanager
def served(name: str, folder: Path, *arguments: str, flaws: str = "", **variables: str) -> Iterator[str]:
    """Start the service of a scenario as the scenario says, and yield its URL; end it afterwards."""
    declared = load_scenario(REPOSITORY / "scenarios" / f"{name}.toml")[0].service
    assert declared is not None
    command = [sys.executable if part == "{python}" else part for part in declared.command]
    with (folder / f"{name}-{flaws or 'sound'}.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *arguments, *(["--flaws", flaws] if flaws else [])],
            cwd=REPOSITORY,
            env={**os.environ, **declared.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("READY "), Path(log.name).read_text(encoding="utf-8")
            yield line.removeprefix("READY ").strip()
        finally:
            process.terminate()
            process.wait(timeout=20)
            if process.stdout is not None:
                process.stdout.close()
