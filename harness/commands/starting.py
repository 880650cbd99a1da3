"""`harness verify` up to the run: a service that is to be started boots while the rest of the harness is imported."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.commands import target
from harness.errors import ConfigurationError
from harness.service import generate, serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from harness.issuer import Issuer
    from harness.scenario import Scenario
    from harness.service import Service

SELDOM = (100_000, 20, 100)
"""When to look for cycles: a run keeps nearly everything that it makes, and looking took a quarter of its time."""


@dataclass(frozen=True, kw_only=True)
class VerifyRequest:
    """What was asked for on the command line."""

    url: str | None
    scenario: Path | None
    users: tuple[str, ...]
    auth: Path | None = None
    document: str | None
    profile: str
    seed: int
    only: tuple[str, ...]
    skip: tuple[str, ...]
    allowed: frozenset[str]
    serve: bool
    flaws: str
    dry_run: bool
    json: bool
    key: Path | None
    artifacts: Path
    command: str


@dataclass(frozen=True, kw_only=True)
class Started:
    """A service that runs, what is known of it, and how it is ended before its context does so."""

    known: target.Known
    service: Service
    stop: Callable[[], Awaitable[None]]


async def verify(request: VerifyRequest) -> int:
    """Carry out one verification; return 0 GO, 1 NO-GO, 10 HOLD, or 2 when interrupted."""
    gc.set_threshold(*SELDOM)
    async with contextlib.AsyncExitStack() as stack:
        importing = asyncio.create_task(asyncio.to_thread(importlib.import_module, "harness.commands.verify"))
        service = await stack.enter_async_context(started(request)) if request.serve else None
        await importing
        from harness.commands.verify import carry_out  # noqa: PLC0415 -- the line above has imported it

        return await carry_out(request, service)


@contextlib.asynccontextmanager
async def started(request: VerifyRequest) -> AsyncIterator[Started]:
    """Start the service of the scenario; raises ConfigurationError where there is none, or it does not come up."""
    known = target.load(request.scenario)
    known = target.with_given(known, request.users, request.auth)
    spec = known.scenario.service
    if spec is None:
        raise ConfigurationError("--serve: the scenario has no [service] with a command; give a URL instead")
    arguments = ["--flaws", request.flaws] if request.flaws else []
    async with contextlib.AsyncExitStack() as stop:
        issuer = stop.enter_context(_published(known.scenario))
        serving = serve(spec, folder=known.folder, generated=generate(spec), arguments=arguments, issuer=issuer)
        yield Started(known=known, service=await stop.enter_async_context(serving), stop=stop.aclose)


@contextlib.contextmanager
def _published(scenario: Scenario) -> Iterator[Issuer | None]:
    """Publish keys where the scenario wants that; few do, and what makes keys takes long to import."""
    minted = scenario.users.minted
    if minted is None or minted.published is None:
        yield None
        return
    from harness.issuer import issuing  # noqa: PLC0415 -- as the docstring says

    with issuing(minted) as issuer:
        yield issuer
