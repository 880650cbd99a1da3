"""A service that the harness starts itself, by the command of its scenario."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ConfigurationError
from harness.service.output import drain, tail
from harness.service.running import Service, told

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from harness.issuer import Issuer
    from harness.scenario.schema import ServiceSpec

GRACE = 12.0
ANSWERS = ("READY", "FORKS")
PLACE = "{jwks_url}"


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
    with tempfile.TemporaryDirectory(prefix="harness-service-") as place:
        endpoints = Path(place) / "endpoints.json"
        command = [sys.executable if part == "{python}" else part for part in spec.command]
        command += [*arguments, *([spec.endpoints, str(endpoints)] if spec.endpoints else [])]
        process = await _start(command, folder / spec.folder, variables)
        log: list[str] = []
        drains = [asyncio.create_task(drain(process.stderr, log))]
        try:
            url = await _ready(process, spec, command, log)
            drains.append(asyncio.create_task(drain(process.stdout, log)))
            processes, databases = told(endpoints)
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
    message = f"service.command: {' '.join(command)} {problem}; its last lines:\n  {tail(log)}"
    raise ConfigurationError(message)


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
