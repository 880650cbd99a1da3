"""One run from its first request to its verdict."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.engine import cleaning
from harness.engine.conduct import Conduct
from harness.engine.course import take_course
from harness.engine.judge import parsed_gates
from harness.engine.opening import open_session, published
from harness.engine.plan import Plan, make_plan
from harness.engine.summing import summed
from harness.errors import ConfigurationError, NothingToTest, RefusedForSafety
from harness.expect import inconclusive
from harness.lab.production import is_production
from harness.model import NOT_RUN, Result
from harness.openapi import parse_document
from harness.policy import Origin

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from harness.engine.options import Options
    from harness.lab import Session
    from harness.model import Run

CLEANUP_SECONDS = 60.0
BLANK = '{"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {}}'


async def verify(options: Options) -> Run:
    """Carry out one run and return it, whatever happens to the target on the way.

    Raises ConfigurationError, RefusedForSafety or NothingToTest before the first request. Cancellation ends the run
    early, and the Run says so; a bug of the harness is a result of its own, beside what was found until then.
    """
    parsed_gates(options.scenario, options.profile)
    _refuse_production(options)
    with published(options) as known:
        return await _verify(known)


async def _verify(options: Options) -> Run:
    started = time.time()
    session = open_session(options)
    try:
        conduct = Conduct(options=options, session=session, plan=_expected(session, options))
        await _in_spite_of_interruption(conduct, _course(conduct), ends_early=True)
        await _in_spite_of_interruption(conduct, _finish(conduct), ends_early=False)
    finally:
        await session.client.aclose()
    return summed(conduct, started)


def dry_run(options: Options) -> Plan:
    """Return the plan without sending anything; what only the document could tell is taken as there."""
    _refuse_production(options)
    with published(replace(options, journal=None)) as known:
        return _expected(open_session(known), options)


def _refuse_production(options: Options) -> None:
    """Raise RefusedForSafety where real users are, unless a run there was asked for."""
    origin = Origin.parse(options.url)
    if is_production(options.scenario.target, origin.host) and "production" not in options.allowed:
        message = f"{origin.url} is declared as production; run there only on purpose, with --allow production"
        raise RefusedForSafety(message)


def _expected(session: Session, options: Options) -> Plan:
    """Return the plan as if the document were known already; raise NothingToTest when it is empty."""
    if options.scenario.target.document is None:
        return make_plan(session, only=options.only, skip=options.skip, modes=options.modes)
    session.document = parse_document(BLANK, where="(not read yet)")
    try:
        return make_plan(session, only=options.only, skip=options.skip, modes=options.modes)
    finally:
        session.document = None


async def _course(conduct: Conduct) -> None:
    """Take the course; what is wrong with the input is raised, what is wrong with the harness is a result."""
    try:
        await take_course(conduct)
    except (ConfigurationError, NothingToTest):
        raise
    except Exception as broken:  # noqa: BLE001 -- the bundle is written all the same, and says what broke
        conduct.broke(broken)


async def _finish(conduct: Conduct) -> None:
    """Clean up, in bounded time, also after an interruption; a check that never ran is not forgotten."""
    if (stopped := conduct.session.client.policy.stopped) is not None:
        conduct.say("halt", stopped)
    for sentence in conduct.session.renewals.told:
        conduct.say("users", sentence)
    if not conduct.cleanup or conduct.session.ledger.alive:
        conduct.say("cleanup", f"{len(conduct.session.ledger.alive)} objects to delete")
    try:
        if not conduct.options.leave:
            await cleaning.clean_up(conduct.session, within=CLEANUP_SECONDS, done=conduct.cleaned)
    except Exception as broken:  # noqa: BLE001 -- as above
        conduct.broke(broken)
    ended = {result.check.id for result in conduct.results}
    sentence = "did not run: the run ended before it"
    unasked = [
        Result(check=each, observations=(inconclusive(each.id, NOT_RUN, sentence),)) for each in conduct.plan.checks
    ]
    conduct.keep(*(each for each in (*conduct.plan.not_run, *unasked) if each.check.id not in ended))


async def _in_spite_of_interruption(conduct: Conduct, work: Coroutine[None, None, None], *, ends_early: bool) -> None:
    """Wait for a part of the run; an interruption is noted, and ends what may end early."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        conduct.interrupted = "interrupted by the user"
        if ends_early:
            task.cancel()
        await asyncio.wait([task])
    if not task.cancelled():
        task.result()
