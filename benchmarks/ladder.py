"""What each layer of the reference service costs: one worker, 16 connections, one thing more on every rung."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import secrets
import statistics
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import httpx
import psutil

from benchmarks.closed_loop import Tally, hammer
from benchmarks.rungs import PREFIX
from reference_service.settings import Settings
from reference_service.tokens import mint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CONNECTIONS, ROUNDS, SECONDS, WARM_UP = 16, 3, 1.5, 0.3
FILES = 20
KNOWLEDGE = "/api/v1/knowledge"
Measurement = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service, its processes by name, and a token for a user without a limit in practice."""

    url: str
    processes: dict[str, psutil.Process]
    token: str


async def measure() -> dict[str, Measurement]:
    """Return the medians of all rounds for every rung; each round goes up the whole ladder, so that all drift alike."""
    async with _service() as service:
        file_id = await _seed(service)
        rungs = {
            "bare route": f"{PREFIX}bare",
            "+ token": f"{PREFIX}token",
            "+ limiter": f"{PREFIX}limiter",
            "+ transaction": f"{PREFIX}transaction",
            "full route: read a file": f"{KNOWLEDGE}/files/{file_id}",
            f"full route: list {FILES} files": f"{KNOWLEDGE}/files?limit={FILES}",
        }
        rounds = [{name: await _climb(service, target) for name, target in rungs.items()} for _ in range(ROUNDS)]
    return _with_ratio({name: _median([found[name] for found in rounds]) for name in rungs})


@asynccontextmanager
async def _service() -> AsyncIterator[Service]:
    secret = secrets.token_hex(32)
    with tempfile.TemporaryDirectory() as folder:
        endpoints = Path(folder, "endpoints.json")
        environment = {
            **os.environ,
            "KNOWLEDGE_JWT_SECRET": secret,
            "KNOWLEDGE_ENCRYPTION_KEYS": f"k:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            "KNOWLEDGE_STORAGE_URL": folder,
            "KNOWLEDGE_TIERS": "free=100/3600s,bench=1000000000/3600s",
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.rungs", str(endpoints)), env=environment, stdout=PIPE, stderr=DEVNULL
        )
        try:
            await cast("asyncio.StreamReader", process.stdout).readline()
            token = mint(Settings(), secret, "bench", "bench", 3600)
            yield _running(endpoints, token)
        finally:
            process.terminate()
            await process.wait()


def _running(endpoints_file: Path, token: str) -> Service:
    endpoints = json.loads(endpoints_file.read_text(encoding="utf-8"))
    pids = {"service": endpoints["pid"], **endpoints["processes"]}
    processes = {name: psutil.Process(pid) for name, pid in pids.items()}
    return Service(url=endpoints["url"], processes=processes, token=token)


async def _seed(service: Service) -> str:
    """Upload the files, wait until they are indexed, and return the id of one."""
    authorization = {"Authorization": f"Bearer {service.token}"}
    async with httpx.AsyncClient(base_url=service.url + KNOWLEDGE, headers=authorization, trust_env=False) as client:
        for number in range(FILES):
            file = (f"{number}.txt", f"Note {number} about ladders.".encode(), "text/plain")
            (await client.post("/upload", files={"file": file}, data={"title": f"Note {number}"})).raise_for_status()
        while True:
            files = (await client.get("/files", params={"limit": FILES})).raise_for_status().json()["files"]
            if all(file["status"] == "indexed" for file in files):
                return str(files[0]["file_id"])
            await asyncio.sleep(0.1)


async def _climb(service: Service, target: str) -> Measurement:
    """Measure one rung once."""
    await hammer(service.url, target, service.token, connections=CONNECTIONS, seconds=WARM_UP)
    before = _cpu(service)
    tally = await hammer(service.url, target, service.token, connections=CONNECTIONS, seconds=SECONDS)
    used = {name: after - before[name] for name, after in _cpu(service).items()}
    if tally.others or not tally.latencies:
        raise RuntimeError(f"{target}: {tally.others} answers were not 200, {len(tally.latencies)} were")
    return _measurement(tally, used)


def _cpu(service: Service) -> dict[str, float]:
    """Return the CPU seconds of each process; the backends of a server count as the server."""
    return {
        name: sum(map(_seconds, [main] if name == "service" else [main, *main.children()]))
        for name, main in service.processes.items()
    }


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _measurement(tally: Tally, used: dict[str, float]) -> Measurement:
    number = len(tally.latencies)
    costs = {f"{name}, us of CPU per request": seconds / number * 1e6 for name, seconds in used.items()}
    return {"requests per second": number / tally.seconds, "p95, ms": tally.p95 * 1000, **costs}


def _median(measured: list[Measurement]) -> Measurement:
    return {name: statistics.median(found[name] for found in measured) for name in measured[0]}


def _with_ratio(rungs: dict[str, Measurement]) -> dict[str, Measurement]:
    """Add what a request costs the service in terms of the bare route, which other machines can compare."""
    cost = "service, us of CPU per request"
    bare = next(iter(rungs.values()))[cost]
    return {name: {**found, "times the bare route": found[cost] / bare} for name, found in rungs.items()}
