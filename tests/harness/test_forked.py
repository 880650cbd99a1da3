"""Services that fork: each connection has one of its own, with the flaws that it asks for, for as long as it lasts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil
import pytest

from harness.errors import ConfigurationError
from harness.scenario import load_scenario
from harness.service import Service, forked, generate, serve

if TYPE_CHECKING:
    from harness.scenario.schema import ServiceSpec

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def forking(name: str) -> tuple[ServiceSpec, ServiceSpec]:
    """Return how a service is started, and how one is that forks."""
    spec = load_scenario(SCENARIOS / f"{name}.toml")[0].service
    assert spec is not None
    assert spec.forks
    return spec, spec.model_copy(update={"command": [*spec.command, "--forks"]})


async def _commit(service: Service) -> object:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{service.url}/version")
    said = answer.json()
    return said.get("commit", said.get("version"))


@pytest.mark.parametrize("name", ["accounts", "projects", "knowledge"])
async def test_each_connection_has_a_service_of_its_own(name: str) -> None:
    """Two at once, one with a flaw and one without, do not know of each other; a service ends with its connection."""
    spec, many = forking(name)
    async with serve(many, folder=SCENARIOS, generated=generate(spec)) as parent:
        async with (
            forked(parent, spec, flaws="", outside=None) as sound,
            forked(parent, spec, flaws="stale-build", outside=None) as stale,
        ):
            assert sound.url != stale.url
            assert await _commit(sound) != await _commit(stale)
        for service in (sound, stale):
            await _ended(service)


async def _ended(service: Service) -> None:
    """Wait until nothing answers any more."""
    async with asyncio.timeout(30):
        while True:
            try:
                await _commit(service)
            except httpx.TransportError:
                return
            await asyncio.sleep(0.05)


async def test_an_order_that_cannot_be_served_is_told_with_the_reason() -> None:
    """A flaw that does not exist starts nothing; the next order is served all the same."""
    spec, many = forking("projects")
    async with serve(many, folder=SCENARIOS, generated=generate(spec)) as parent:
        with pytest.raises(ConfigurationError, match="no-such-flaw"):
            async with forked(parent, spec, flaws="no-such-flaw", outside=None):
                pass
        async with forked(parent, spec, flaws="", outside=None) as sound:
            assert await _commit(sound)


async def _logged(service: Service, text: str) -> bool:
    """Whether a line of the log says so, within ten seconds: it is read beside everything else."""
    for _ in range(100):
        if any(text in line for line in service.log):
            return True
        await asyncio.sleep(0.1)
    return False


async def test_what_may_be_stopped_is_its_own() -> None:
    """A service that is asked for apart names processes and databases, no two the same ones; its log is its own."""
    spec, many = forking("knowledge")
    async with serve(many, folder=SCENARIOS, generated=generate(spec)) as parent:
        async with (
            forked(parent, spec, flaws="", outside=None, apart=True) as one,
            forked(parent, spec, flaws="", outside=None, apart=True) as other,
        ):
            assert set(one.processes) == set(other.processes) != set()
            assert not set(one.processes.values()) & {*other.processes.values(), *parent.processes.values()}
            assert one.databases["database_url"] != other.databases["database_url"]
            assert one.serving is not None
            assert other.serving is not None
            assert one.serving != other.serving
            await _commit(one)
            assert await _logged(one, "/version")
            assert not [line for line in other.log if "/version" in line]
            pids = {*one.processes.values(), *other.processes.values()}
        depended_on = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
        _, alive = await asyncio.to_thread(psutil.wait_procs, depended_on, timeout=30)
        assert not alive
