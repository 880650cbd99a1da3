"""What the limiter checks share: users of the small limit, and requests until it is reached."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness import requests
from harness.expect import inconclusive, status_of
from harness.quota_headers import Part, told

if TYPE_CHECKING:
    from harness.lab import Lab
    from harness.model import Exchange, Headers, Identity, Observation, Request
    from harness.scenario.schema import LimitsSpec


def limits_of(lab: Lab) -> LimitsSpec:
    """Return the declared limit; the plan runs these checks only where there is one."""
    limits = lab.scenario.limits
    assert limits is not None  # noqa: S101 -- Needs(features=("limits",))
    return limits


async def limited_user(lab: Lab, name: str) -> Identity:
    """Return a fresh user with the small limit."""
    return await lab.new_user(name, limits_of(lab).claims)


def probe(lab: Lab) -> Request:
    """Return the cheap harmless request that costs one."""
    call = limits_of(lab).probe
    if call is not None:
        return requests.build(call, {}, ())
    first = next(each for each in lab.scenario.resource if each.listing is not None and each.parent is None)
    return requests.build(first.calls("list")[0], {}, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """A series of requests of one user until (and with) its first 429."""

    exchanges: tuple[Exchange, ...]
    limit: int
    rate: float

    @property
    def accepted(self) -> tuple[Exchange, ...]:
        """Those that were answered with a success."""
        return tuple(exchange for exchange in self.exchanges if exchange.ok)

    @property
    def refused(self) -> tuple[Exchange, ...]:
        """Those that were limited."""
        return tuple(exchange for exchange in self.exchanges if exchange.limited)

    @property
    def seconds(self) -> float:
        """From the first request sent to the last one answered."""
        return max(exchange.done for exchange in self.exchanges) - min(exchange.sent for exchange in self.exchanges)

    @property
    def most(self) -> int:
        """The most a correct limiter may let through in that time: the full bucket and what refilled."""
        return self.limit + math.floor(self.rate * self.seconds + 1e-9)

    @property
    def strange(self) -> tuple[Exchange, ...]:
        """Those that were neither answered with a success nor limited."""
        return tuple(exchange for exchange in self.exchanges if not exchange.ok and not exchange.limited)


async def drain(lab: Lab, user: Identity, *, extra: int = 5, headers: Headers = ()) -> Drained:
    """Send the probe, with more `headers`, until the first 429: at most the limit, what refills, and `extra` more."""
    limits = limits_of(lab)
    sent: list[Exchange] = []
    request = probe(lab)
    request = replace(request, headers=(*request.headers, *headers))
    while len(sent) < limits.requests + extra + (limits.rate * (sent[-1].done - sent[0].sent) if sent else 0):
        sent.append(await lab.session.client.send(user, request, purpose="drain"))
        if sent[-1].limited:
            break
    return Drained(exchanges=tuple(sent), limit=limits.requests, rate=limits.rate)


def unusable(subject: str, drained: Drained, *, least: int | None = None) -> Observation | None:
    """Return why a series says nothing of the limiter: requests failed, or the quota was not full at the start.

    A full one lets half of what is declared through, or `least`: what comes back to an empty one is no control.
    """
    if drained.strange:
        strange = drained.strange[0]
        return inconclusive(
            subject,
            "no-control",
            f"{strange.request.operation} answers {status_of(strange)}, neither a success nor 429",
            strange,
        )
    if not drained.accepted:
        return inconclusive(
            subject, "no-control", "a fresh user is limited from the first request on", drained.exchanges[0]
        )
    if len(drained.accepted) < (drained.limit / 2 if least is None else least):
        count, limit = len(drained.accepted), drained.limit
        sentence = f"a fresh user is limited after {count} requests of the {limit} declared: no full quota"
        return inconclusive(subject, "no-control", sentence, drained.exchanges[-1])
    return None


def number(exchange: Exchange, header: str | None, part: Part = "remaining") -> int | None:
    """Return the whole number in a header of the response, None where there is none."""
    if header is None or exchange.response is None:
        return None
    return told(exchange.response.header(header) or "", part)
