"""A service of a process that forks one for each connection: what is read and prepared once, all of them have."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ConfigurationError
from harness.service.output import drain, tail
from harness.service.running import told

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.scenario.schema import ServiceSpec
    from harness.service.running import Service

LONGEST = 2**22
"""Bytes of a line."""


@contextlib.asynccontextmanager
async def forked(
    parent: Service, spec: ServiceSpec, *, flaws: str, outside: Path | None, apart: bool = False
) -> AsyncIterator[Service]:
    """Let a service that forks (`--forks`) start one with these flaws; it ends with the connection.

    `apart` asks for one that depends on nothing that others depend on, and tells what that is. Raises
    ConfigurationError with the last lines of its log when it does not come up in time.
    """
    with tempfile.TemporaryDirectory(prefix="harness-service-") as place:
        endpoints = Path(place) / "endpoints.json"
        order = {"flaws": flaws, "flaws_from": outside and str(outside), "endpoints": str(endpoints) if apart else None}
        try:
            reader, writer = await asyncio.open_unix_connection(parent.url, limit=LONGEST)
        except OSError as error:
            raise ConfigurationError(f"service.command --forks: its socket is gone ({error.strerror})") from error
        log: list[str] = []
        draining: asyncio.Task[None] | None = None
        try:
            writer.write(json.dumps(order).encode() + b"\n")
            url = await _announced(reader, log, spec.ready_within)
            if url is None:
                said = f"no service with {order}; its last lines:\n  {tail(log)}"
                raise ConfigurationError(f"service.command --forks: {said}")
            draining = asyncio.create_task(drain(reader, log))
            processes, databases = told(endpoints)
            yield replace(parent, url=url, log=log, processes=processes, databases=databases, endpoints=endpoints)
        finally:
            writer.close()
            if draining is not None:
                draining.cancel()


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
