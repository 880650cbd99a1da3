"""Sends the arrivals of a lease and says what became of each: the part between the schedule and curl."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pycurl

from harness.load import handles, judge
from harness.load.lease import ARRIVAL
from harness.load.transfers import Transfers
from harness.load.wire import Fate
from harness.model import Exchange, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.load.handles import Flight
    from harness.load.lease import Lease, Shot
    from harness.load.schedule import Arrival
    from harness.model import Headers

_KEPT_BODY = 1024 * 1024  # bytes of an answer that go back with an exchange
_KEPT_LEAKS = 20


@dataclass(frozen=True, slots=True)
class Landing:
    """What became of one arrival, with the answer where it must be looked at by others."""

    fate: Fate
    shot: Shot
    size: int = 0
    exchange: Exchange | None = None


class Sender:
    """Turns arrivals into landings; `landed` is called once for each, from the hub."""

    def __init__(self, lease: Lease, landed: Callable[[Landing], None]) -> None:
        self._lease = lease
        self._landed = landed
        self._bound = lease.in_flight
        self._transfers = Transfers(self._bound, self._finished)
        self._identities = {identity.name: identity for identity in lease.identities}
        self._resolved = handles.addresses(lease)
        self._idle: list[list[Flight]] = [[] for _ in lease.shots]
        self._flying: dict[pycurl.Curl, Flight] = {}
        self._leaks = 0
        self._origin = time.perf_counter()

    @property
    def in_flight(self) -> int:
        """Requests that have no answer yet."""
        return len(self._flying)

    @property
    def now(self) -> float:
        """Seconds since the start of the load."""
        return time.perf_counter() - self._origin

    def begin(self) -> None:
        """Start the clock of the load."""
        self._origin = time.perf_counter()

    def send(self, arrival: Arrival) -> None:
        """Send one arrival now, unless the cap or the bound on requests in flight forbids it."""
        shot = self._lease.shots[arrival.shot]
        if arrival.number >= self._lease.cap or self.in_flight >= self._bound:
            self._landed(Landing(Fate(arrival.number, "unsent"), shot))
            return
        idle = self._idle[arrival.shot]
        flight = idle.pop() if idle else self._new(arrival.shot)
        flight.number, flight.due = arrival.number, arrival.due
        flight.aim(shot)
        self._flying[flight.handle] = flight
        flight.started = self.now
        self._transfers.start(flight.handle)

    def _new(self, index: int) -> Flight:
        return handles.flight(self._lease, index, self._identities[self._lease.shots[index].user], self._resolved)

    def _finished(self, handle: pycurl.Curl, code: int) -> None:
        done = self.now
        flight = self._flying.pop(handle)
        self._landed(self._judged(flight, done) if code == 0 else self._failed(flight, code, done))
        self._idle[flight.shot].append(flight)

    def _failed(self, flight: Flight, code: int, done: float) -> Landing:
        shot = self._lease.shots[flight.shot]
        if code == pycurl.E_OPERATION_TIMEDOUT:
            return Landing(Fate(flight.number, "timeout", flight.started), shot)
        return Landing(Fate(flight.number, "error", flight.started, done), shot)

    def _judged(self, flight: Flight, done: float) -> Landing:
        shot = self._lease.shots[flight.shot]
        status, body = flight.handle.getinfo(pycurl.RESPONSE_CODE), b"".join(flight.body)
        kind = judge.kind(shot, status, body)
        foreign = self._lease.foreign.get(shot.user, ())
        leak = self._leaks < _KEPT_LEAKS and judge.leaked(foreign, b"".join(flight.head), body)
        self._leaks += leak
        fate = Fate(flight.number, kind, flight.started, done, status)
        if not leak and not (shot.keep and status in shot.success):
            return Landing(fate, shot, len(body))
        return Landing(fate, shot, len(body), _exchange(flight, shot, fate, body, "leak" if leak else "load"))


def _exchange(flight: Flight, shot: Shot, fate: Fate, body: bytes, purpose: str) -> Exchange:
    sent, done = fate.started or 0.0, fate.done or 0.0
    number = str(flight.number)
    request = replace(
        shot.request,
        target=shot.request.target.replace(ARRIVAL, number),
        body=handles.numbered(shot, flight.number),
        operation=shot.operation,
    )
    response = Response(
        status=fate.status or 0, headers=_headers(flight.head), body=body[:_KEPT_BODY], truncated=len(body) > _KEPT_BODY
    )
    return Exchange(
        id=f"load-{number}",
        user=shot.user,
        request=request,
        response=response,
        intended=flight.due,
        sent=sent,
        done=done,
        at=time.time() - (done - sent),
        purpose=purpose,
        phase="load",
    )


def _headers(lines: list[bytes]) -> Headers:
    """Return the header of the last response: an interim one (100, 103) comes before it."""
    text = [line.decode("latin-1").strip() for line in lines]
    last = max((index for index, line in enumerate(text) if line.startswith("HTTP/")), default=-1)
    split = [line.partition(":") for line in text[last + 1 :] if line]
    return tuple((name, value.strip()) for name, _, value in split)
