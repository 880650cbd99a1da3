"""The parent's side of a load: starts the child, hands it the lease, gathers what it reports, and always ends it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import math
import os
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from harness.load import wire
from harness.load.lease import Lease, check, encode
from harness.load.schedule import Arrival, arrivals
from harness.model import Exchange, LoadRun, Sample

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

CHILD = "harness.load.child"
_PACKAGE = Path(__file__).resolve().parents[2]
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT")
_LINE = 8 * 1024 * 1024  # bytes: an exchange with 1 MiB of body, or a quarter of a second of fates, fits well
_NEEDED = ("locust", "pycurl")
_TAIL = 500  # characters of what a child that broke said on its standard error


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load is: arrivals seen through, the good ones among them, and all that are scheduled."""

    done: int
    ok: int
    scheduled: int


@dataclass(frozen=True, slots=True)
class Child:
    """A child that was started, and the file that takes what it complains of."""

    process: Process
    complaints: IO[bytes]


@contextlib.asynccontextmanager
async def started() -> AsyncIterator[Child | None]:
    """Start a child ahead of its lease, as its imports take a while; None without what it needs. It is always ended."""
    if _missing():
        yield None
        return
    with tempfile.TemporaryFile() as complaints:
        process = await _start(complaints)
        try:
            yield Child(process, complaints)
        finally:
            await _end(process)


async def run(
    lease: Lease,
    child: Child | None = None,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    on_exchange: Callable[[Exchange], None] | None = None,
) -> LoadRun:
    """Carry out the lease in a child process, `child` or a new one, and return every scheduled arrival as a sample.

    `on_exchange` gets the exchanges whose ids are in `LoadRun.leaks` (purpose "leak", at most 20) and the good answers
    to shots that ask to `keep` them; their times count from the start of the load, and nothing is redacted yet.
    `LoadRun.error` says why a load is not complete; what was never reported is then "unsent". Raises
    ConfigurationError or OutOfScope, before anything is sent, for a lease that `check` refuses.
    """
    check(lease)
    account = _Account(lease, on_progress, on_exchange)
    if missing := _missing():
        account.error = f"The load needs {' and '.join(missing)}: install harness-verify[load]."
        return account.close("")
    async with contextlib.AsyncExitStack() as stack:
        child = child or await stack.enter_async_context(started())
        assert child is not None  # noqa: S101 -- nothing is missing
        try:
            async with asyncio.timeout(lease.patience):
                await _converse(child.process, account)
        except TimeoutError:
            account.error = f"The load was ended at its deadline of {lease.patience:g} s."
        finally:
            await _end(child.process)
        return account.close(_complaint(child))


def _missing() -> list[str]:
    return [name for name in _NEEDED if importlib.util.find_spec(name) is None]


async def _start(complaints: IO[bytes]) -> Process:
    """Start the child: a session of its own, so that Ctrl-C is ours; no secret in its arguments or environment."""
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", CHILD),
        stdin=PIPE,
        stdout=PIPE,
        stderr=complaints,
        limit=_LINE,
        start_new_session=True,
        env={**environment, "PYTHONPATH": str(_PACKAGE)},
    )


async def _converse(process: Process, account: _Account) -> None:
    """Hand over the lease and listen until the child is gone; its input stays open, or it would end itself."""
    stdin = cast("asyncio.StreamWriter", process.stdin)
    stdin.write(encode(account.lease))
    with contextlib.suppress(ConnectionError):  # a child that died at once is noticed when it is listened to
        await stdin.drain()
    async for line in cast("asyncio.StreamReader", process.stdout):
        account.take(wire.decode(line))
    await process.wait()


async def _end(process: Process) -> None:
    """Kill whatever is left of the child and its group, unless it has gone (its id may be somebody else's by then)."""
    cast("asyncio.StreamWriter", process.stdin).close()
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _complaint(child: Child) -> str:
    child.complaints.seek(0)
    last = child.complaints.read().decode(errors="replace").strip()[-_TAIL:]
    return f"exit code {child.process.returncode}" + (f": {last}" if last else "")


@dataclass(slots=True)
class _Account:
    """What the child has reported so far."""

    lease: Lease
    on_progress: Callable[[Progress], None] | None
    on_exchange: Callable[[Exchange], None] | None
    fates: dict[int, wire.Fate] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)
    ok: int = 0
    cpu: float = 0.0
    counted: int | None = None
    error: str | None = None

    def take(self, message: wire.Message) -> None:
        match message:
            case wire.Report(cpu, fates):
                self._enter(cpu, fates)
            case wire.Refusal(reason):
                self.error = reason
            case wire.End(counted):
                self.counted = counted
            case Exchange():
                self._pass_on(message)

    def _enter(self, cpu: float, fates: tuple[wire.Fate, ...]) -> None:
        self.cpu = cpu
        self.fates.update((fate.number, fate) for fate in fates)
        self.ok += sum(fate.kind == "ok" for fate in fates)
        if self.on_progress is not None:
            self.on_progress(Progress(len(self.fates), self.ok, self.lease.scheduled))

    def _pass_on(self, exchange: Exchange) -> None:
        if exchange.purpose == "leak":
            self.leaks.append(exchange.id)
        if self.on_exchange is not None:
            self.on_exchange(exchange)

    def close(self, complaint: str) -> LoadRun:
        samples = tuple(self._sample(arrival) for arrival in arrivals(self.lease))
        late = sorted(sample.started - sample.intended for sample in samples if sample.started is not None)
        return LoadRun(
            samples=samples,
            seconds=self.lease.seconds,
            asked_rate=self.lease.rate,
            # A load that sent nothing is as late as it is long.
            lateness_p99=max(0.0, late[math.ceil(0.99 * len(late)) - 1]) if late else self.lease.seconds,
            generator_cpu=self.cpu,
            error=self.error or self._shortfall(len(late), complaint),
            leaks=tuple(self.leaks),
        )

    def _sample(self, arrival: Arrival) -> Sample:
        fate = self.fates.get(arrival.number, wire.Fate(arrival.number, "unsent"))
        return Sample(
            operation=self.lease.shots[arrival.shot].operation,
            intended=arrival.due,
            started=fate.started,
            done=fate.done,
            status=fate.status,
            kind=fate.kind,
        )

    def _shortfall(self, sent: int, complaint: str) -> str | None:
        """Return why the account cannot be complete: the child ended early, or its two counts differ."""
        if self.counted is None:
            return f"The load child ended early ({complaint})."
        if len(self.fates) != self.lease.scheduled or self.counted != sent:
            return (
                f"The load child gave an account of {len(self.fates)} of {self.lease.scheduled} arrivals and sent "
                f"{sent}, but Locust counted {self.counted} requests ({complaint})."
            )
        return None
