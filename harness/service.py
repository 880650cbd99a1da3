"""A service that the harness starts itself, by the command of its scenario."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from harness.errors import ConfigurationError, OutOfReach

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from harness.issuer import Issuer
    from harness.scenario.schema import ServiceSpec

GRACE = 12.0
TAIL = 30
CHUNK = 65536
LONGEST = 2**22
ANSWERS = ("READY", "FORKS")
PLACE = "{jwks_url}"


@dataclass(kw_only=True)
class Service:
    """A running service: where it answers, the process that was started, and the secrets that were made for it.

    `restarts` says that what serves is started anew when it ends; `endpoints` is the file in which it says so.
    Of a service that forks, `url` is the socket on which it takes orders; see `forked`.
    """

    url: str
    pid: int
    generated: Mapping[str, str] = field(repr=False)
    log: list[str] = field(default_factory=list, repr=False)
    processes: Mapping[str, int] = field(default_factory=dict)
    databases: Mapping[str, str] = field(default_factory=dict, repr=False)
    issuer: Issuer | None = None
    endpoints: Path | None = None
    restarts: bool = False

    @property
    def serving(self) -> psutil.Process | None:
        """The process below ours that serves, where the service says that another one takes its place when it ends."""
        pid = _said(self.endpoints).get("serving")
        with contextlib.suppress(psutil.NoSuchProcess):
            below = psutil.Process(self.pid).children(recursive=True)
            return next((process for process in below if process.pid == pid), None)
        return None

    @contextlib.contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Stop a process that the service depends on, with its children, for as long as the context lasts.

        Raises OutOfReach where that is not possible.
        """
        family = _family(name, self.processes[name])
        try:
            for process in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    _suspend(name, process)
            yield
        finally:
            for process in reversed(family):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.resume()


def _family(name: str, number: int) -> list[psutil.Process]:
    """Return a process and its children, last the process itself; raise OutOfReach where it is not there."""
    try:
        root = psutil.Process(number)
        family = [*root.children(recursive=True), root]
    except psutil.NoSuchProcess:
        raise OutOfReach(f"{name} cannot be stopped: there is no process {number}") from None
    return family


def _suspend(name: str, process: psutil.Process) -> None:
    try:
        process.suspend()
    except psutil.AccessDenied:
        raise OutOfReach(f"{name} cannot be stopped: process {process.pid} is not ours") from None


def generate(spec: ServiceSpec) -> dict[str, str]:
    """Return a fresh secret for each environment variable that wants one."""
    return {name: secrets.token_urlsafe(48) for name in spec.generate}


def knowing(spec: ServiceSpec, issuer: Issuer | None) -> ServiceSpec:
    """Return how to start the service, told where the keys of its issuer are: {jwks_url} in command and environment."""
    if issuer is None:
        return spec
    command = [part.replace(PLACE, issuer.url) for part in spec.command]
    environment = {name: value.replace(PLACE, issuer.url) for name, value in spec.environment.items()}
    return spec.model_copy(update={"command": command, "environment": environment})


@contextlib.asynccontextmanager
async def serve(
    spec: ServiceSpec,
    *,
    folder: Path,
    generated: Mapping[str, str],
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    issuer: Issuer | None = None,
) -> AsyncIterator[Service]:
    """Start the service in `folder`, wait for its READY line, and end it afterwards; its keys are those of `issuer`.

    Raises ConfigurationError with the last lines of its log when it does not come up in time.
    """
    spec = knowing(spec, issuer)
    variables = {**os.environ, **spec.environment, **generated, **(environment or {})}
    with tempfile.TemporaryDirectory(prefix="harness-service-") as told:
        endpoints = Path(told) / "endpoints.json"
        command = [sys.executable if part == "{python}" else part for part in spec.command]
        command += [*arguments, *([spec.endpoints, str(endpoints)] if spec.endpoints else [])]
        process = await _start(command, folder / spec.folder, variables)
        log: list[str] = []
        drains = [asyncio.create_task(_drain(process.stderr, log))]
        try:
            url = await _ready(process, spec, command, log)
            drains.append(asyncio.create_task(_drain(process.stdout, log)))
            processes, databases = _told(endpoints)
            service = Service(
                url=url,
                pid=process.pid,
                generated=generated,
                log=log,
                processes=processes,
                databases=databases,
                issuer=issuer,
                endpoints=endpoints,
            )
            service.restarts = service.serving is not None
            yield service
        finally:
            await _stop(process)
            for task in drains:
                task.cancel()


async def _start(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=variables,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise ConfigurationError(
            f"service.command: cannot start {command[0]!r} ({error.strerror});"
            " expected a program that prints READY <url>"
        ) from error


def _told(endpoints: Path) -> tuple[dict[str, int], dict[str, str]]:
    """Return the processes and the database addresses that the service names; nothing where it names none."""
    said = _said(endpoints)
    try:
        processes = {str(name): int(pid) for name, pid in said.get("processes", {}).items()}
    except (ValueError, TypeError, AttributeError):
        return {}, {}
    return processes, {name: str(said[name]) for name in ("database_url", "app_database_url") if said.get(name)}


def _said(endpoints: Path | None) -> dict[str, Any]:
    """Return what the service has written about itself; nothing where it has written nothing of use."""
    with contextlib.suppress(OSError, ValueError):
        said = json.loads(endpoints.read_text(encoding="utf-8")) if endpoints is not None else {}
        return said if isinstance(said, dict) else {}
    return {}


@contextlib.asynccontextmanager
async def forked(
    parent: Service, spec: ServiceSpec, *, flaws: str, outside: Path | None, apart: bool = False
) -> AsyncIterator[Service]:
    """Let a service that forks (`--forks`) start one with these flaws; it ends with the connection.

    `apart` asks for one that depends on nothing that others depend on, and tells what that is. Raises
    ConfigurationError with the last lines of its log when it does not come up in time.
    """
    with tempfile.TemporaryDirectory(prefix="harness-service-") as told:
        endpoints = Path(told) / "endpoints.json"
        order = {"flaws": flaws, "flaws_from": outside and str(outside), "endpoints": str(endpoints) if apart else None}
        try:
            reader, writer = await asyncio.open_unix_connection(parent.url, limit=LONGEST)
        except OSError as error:
            raise ConfigurationError(f"service.command --forks: its socket is gone ({error.strerror})") from error
        log: list[str] = []
        drain: asyncio.Task[None] | None = None
        try:
            writer.write(json.dumps(order).encode() + b"\n")
            url = await _announced(reader, log, spec.ready_within)
            if url is None:
                tail = "\n  ".join(log[-TAIL:]) or "(it printed nothing)"
                raise ConfigurationError(f"service.command --forks: no service with {order}; its last lines:\n  {tail}")
            drain = asyncio.create_task(_drain(reader, log))
            processes, databases = _told(endpoints)
            yield replace(parent, url=url, log=log, processes=processes, databases=databases, endpoints=endpoints)
        finally:
            writer.close()
            if drain is not None:
                drain.cancel()


async def _announced(reader: asyncio.StreamReader, log: list[str], within: float) -> str | None:
    """Return the address of the READY line; what comes before it is log."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within):
            async for raw in reader:
                line = raw.decode("utf-8", "replace").rstrip()
                if line.startswith("READY "):
                    return line.removeprefix("READY ").strip()
                log.append(line)
    return None


async def _ready(process: asyncio.subprocess.Process, spec: ServiceSpec, command: Sequence[str], log: list[str]) -> str:
    assert process.stdout is not None  # noqa: S101 -- it was asked for
    try:
        async with asyncio.timeout(spec.ready_within):
            async for raw in process.stdout:
                word, _, where = raw.decode("utf-8", "replace").strip().partition(" ")
                if word in ANSWERS:
                    return where.strip()
            await asyncio.sleep(0.1)
    except TimeoutError:
        problem = f"did not print READY <url> within {spec.ready_within:g} s"
    else:
        problem = f"ended with status {await process.wait()} before it was ready"
    tail = "\n  ".join(log[-TAIL:]) or "(it printed nothing)"
    message = f"service.command: {' '.join(command)} {problem}; its last lines:\n  {tail}"
    raise ConfigurationError(message)


async def _drain(stream: asyncio.StreamReader | None, log: list[str]) -> None:
    """Read until the end, whatever the length of a line: a service whose pipe is full stands still."""
    rest = b""
    while stream is not None and (chunk := await stream.read(CHUNK)):
        *lines, rest = (rest + chunk).split(b"\n")
        log += [line[:CHUNK].decode("utf-8", "replace").rstrip() for line in lines]
        rest = rest[:CHUNK]
        del log[:-1000]


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(GRACE):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
