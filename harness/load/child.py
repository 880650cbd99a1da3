"""The load child: reads a lease from standard input, runs it with Locust, reports on standard output, and goes."""

from __future__ import annotations

import os
import resource
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import gevent  # type: ignore[import-untyped]
import gevent.event  # type: ignore[import-untyped]
import gevent.os  # type: ignore[import-untyped]
import locust
from locust.env import Environment
from locust.exception import StopUser

from harness.errors import HarnessError
from harness.load import lease as leases
from harness.load import wire
from harness.load.schedule import arrivals
from harness.load.sender import Landing, Sender

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.load.schedule import Arrival

_REPORT_EVERY = 0.25  # seconds
_POLL = 0.02  # seconds between looks at what is still in flight, after the last arrival


class Outbox:
    """What the parent has yet to be told; the write never blocks the hub, however slow the parent reads."""

    def __init__(self) -> None:
        self._fates: list[wire.Fate] = []
        self._lines: list[bytes] = []
        self._since = (time.perf_counter(), time.process_time())

    def begin(self) -> None:
        """Count CPU time from here on."""
        self._since = (time.perf_counter(), time.process_time())

    def post(self, message: wire.Message) -> None:
        """Put a message into the box."""
        self._lines.append(wire.encode(message))

    def add(self, fate: wire.Fate) -> None:
        """Put a fate into the box, to go with the next report."""
        self._fates.append(fate)

    def flush(self) -> None:
        """Write out everything so far."""
        then, used = self._since
        share = (time.process_time() - used) / max(time.perf_counter() - then, 1e-9)
        fates, self._fates = tuple(self._fates), []
        self.post(wire.Report(share, fates))
        lines, self._lines = self._lines, []
        rest = memoryview(b"".join(lines))
        while rest:
            rest = rest[gevent.os.nb_write(1, rest) :]


class Arrivals(locust.User):
    """A Locust user who sends every arrival when it is due, whether or not earlier ones have been answered."""

    wait_time = locust.constant(0)
    lease: leases.Lease
    sender: Sender
    finished: gevent.event.Event

    @locust.task
    def shoot(self) -> None:
        """Follow the schedule, then wait until the last answer or time-out."""
        try:
            self.follow(arrivals(self.lease))
        finally:
            self.finished.set()
        raise StopUser

    def follow(self, schedule: Iterable[Arrival]) -> None:
        """Send what is due, and see the last one through."""
        self.sender.begin()
        for arrival in schedule:
            if (early := arrival.due - self.sender.now) > 0:
                gevent.sleep(early)
            self.sender.send(arrival)
        while self.sender.in_flight:
            gevent.sleep(_POLL)


def carry_out(lease: leases.Lease, outbox: Outbox) -> None:
    """Run the lease to its end, reporting all the while."""
    environment = Environment(user_classes=[Arrivals], catch_exceptions=False)  # a task that broke must not begin again
    runner = environment.create_local_runner()

    def landed(landing: Landing) -> None:
        outbox.add(landing.fate)
        if landing.exchange is not None:
            outbox.post(landing.exchange)
        if landing.fate.kind != "unsent":
            _count(environment, landing)

    Arrivals.lease, Arrivals.finished = lease, gevent.event.Event()
    Arrivals.sender = Sender(lease, landed)
    outbox.begin()
    runner.start(user_count=1, spawn_rate=1)
    while not Arrivals.finished.wait(_REPORT_EVERY):
        outbox.flush()
    outbox.post(wire.End(environment.stats.total.num_requests))
    outbox.flush()
    runner.quit()


def _count(environment: Environment, landing: Landing) -> None:
    """Tell Locust, so that its own statistics and listeners see every request."""
    fate, request = landing.fate, landing.shot.request
    environment.events.request.fire(  # type: ignore[no-untyped-call]
        request_type=request.method,
        name=landing.shot.operation,
        response_time=0.0 if fate.done is None or fate.started is None else (fate.done - fate.started) * 1000,
        response_length=landing.size,
        exception=None if fate.kind == "ok" else fate.kind,
        context={},
    )


def die_with_parent() -> None:
    """End at once when standard input ends, which the parent keeps open as long as it lives."""
    watcher = gevent.get_hub().loop.io(0, 1)
    watcher.start(lambda: None if os.read(0, 1) else os._exit(3))


def main() -> int:
    """Run the lease on standard input; return 0, or 2 for a lease that is refused."""
    outbox = Outbox()
    try:
        lease = leases.decode(sys.stdin.buffer.readline())
    except (HarnessError, ValueError, KeyError, TypeError) as error:
        reason = str(error) if isinstance(error, HarnessError) else "The lease cannot be read."
        outbox.post(wire.Refusal(reason))
        outbox.flush()
        return 2
    die_with_parent()
    _allow_descriptors(lease.in_flight + 64)
    gevent.os.make_nonblocking(1)
    try:
        carry_out(lease, outbox)
    except OSError as error:
        outbox.post(wire.Refusal(f"The load could not be carried out: {error}"))
        outbox.flush()
        return 2
    return 0


def _allow_descriptors(number: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, number if hard < 0 else min(number, hard)), hard))


if __name__ == "__main__":
    sys.exit(main())
