"""Running one check so that whatever happens to it stays its own."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from harness.client import phase
from harness.errors import BudgetExhausted, NotOnProduction, OutOfReach, OutOfScope, TargetFailing
from harness.expect import inconclusive, skipped
from harness.lab import READABLE, Inconclusive, Lab
from harness.model import Check, Observation, Result

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from harness.lab import Session

DEADLINE = 180.0
FRESH = "fresh-users"
STOPS = (
    (TargetFailing, "target-failing"),
    (BudgetExhausted, "budget"),
    (OutOfReach, "out-of-reach"),
    (OutOfScope, "out-of-scope"),
)


async def run_probe(
    check: Check,
    session: Session,
    *,
    turn: int = 1,
    deadline: float = DEADLINE,
    enough: Callable[[Observation], bool] = lambda _seen: False,
) -> Result:
    """Run a probe; a control that does not hold, a time-out or a bug ends only this check, and is told.

    Each turn has users, objects and chances of its own. It ends early with an observation that is `enough`.
    """
    token = phase.set(check.id)
    started = time.monotonic()
    observations: list[Observation] = []
    error: str | None = None
    seed = f"{session.seed}:{check.id}" + (f":{turn}" if turn > 1 else "")
    own = FRESH in check.needs.features
    lab = Lab(session=session, check_id=check.id, random=random.Random(seed), own_users=own)
    try:
        async with asyncio.timeout(deadline), contextlib.aclosing(_running(check, lab)) as seen:
            async for observation in seen:
                observations.append(observation)  # what was seen before an exception counts
                if enough(observation):
                    break
    except Exception as broken:  # noqa: BLE001 -- a broken check is one ERROR, never a lost run
        stopped = _stopped(check, broken, deadline)
        observations += [stopped] if stopped is not None else []
        error = told(broken) if stopped is None else None
    finally:
        phase.reset(token)
    observations += _missed(check, lab)
    if not observations and error is None:
        observations.append(_nothing(check, session))
    return Result(
        check=check,
        observations=tuple(observations),
        error=error,
        seconds=time.monotonic() - started,
        requests=session.client.recorder.count(check.id),
    )


def _running(check: Check, lab: Lab) -> AsyncGenerator[Observation, None]:
    """Return the probe as what it is: a generator, which can be ended early."""
    assert check.run is not None  # noqa: S101 -- the plan has only probes here
    return cast("AsyncGenerator[Observation, None]", check.run(lab))


def _missed(check: Check, lab: Lab) -> list[Observation]:
    """Return what stays open because things that the check has asked for could not be created."""
    return [
        inconclusive(f"{check.id}: {name}", "no-control", f"no {name} could be created: {said}")
        for name, said in lab.missed.items()
    ]


def _nothing(check: Check, session: Session) -> Observation:
    """Return what it means that a check had nothing to judge: all there is may be for everybody to see."""
    resources = session.scenario.resource
    if resources and all(each.readable for each in resources):
        sentence = "whatever it could be tried on is for everybody to see, by design"
        return skipped(check.id, "not-applicable", sentence)
    if guessed := session.facts.get(READABLE):
        sentence = (
            f"everybody sees a {guessed[0]}, without a credential too, while nobody makes one so: if that is by design,"
            " say readable = true in the scenario"
        )
        return inconclusive(check.id, "readable", sentence)
    return inconclusive(check.id, "nothing-observed", "the check ran and found nothing that it could judge")


async def guarded(check: Check, work: Awaitable[Result]) -> Result:
    """Wait for a phase as for a probe: what stops or breaks it is its result, never an exception."""
    try:
        return await work
    except Exception as broken:  # noqa: BLE001 -- as above
        stopped = _stopped(check, broken, DEADLINE)
        return (
            Result(check=check, error=told(broken)) if stopped is None else Result(check=check, observations=(stopped,))
        )


def told(broken: Exception) -> str:
    """Return what broke, and where, in one line."""
    places = traceback.extract_tb(broken.__traceback__)
    where = f" (in {places[-1].name}, line {places[-1].lineno})" if places else ""
    return f"{type(broken).__name__}: {broken}{where}"


def _stopped(check: Check, broken: Exception, deadline: float) -> Observation | None:
    """Return what stopped a check that is not broken itself; None for a bug."""
    if isinstance(broken, Inconclusive):
        return replace(inconclusive(check.id, broken.reason, broken.sentence), exchanges=broken.exchanges)
    if isinstance(broken, NotOnProduction):
        return skipped(check.id, "not-on-production", str(broken))
    if isinstance(broken, TimeoutError):
        return inconclusive(check.id, "timeout", f"not finished within {deadline:g} s")
    reason = next((reason for kind, reason in STOPS if isinstance(broken, kind)), None)
    return inconclusive(check.id, reason, str(broken)) if reason is not None else None
