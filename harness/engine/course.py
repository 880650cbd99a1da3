"""The course of a run: wait, introduce, plan, probe and fuzz, load, drain."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from harness import load
from harness.engine import cleaning, loading, preflight, surveying
from harness.engine.confirming import confirmed
from harness.engine.easing import Strain
from harness.engine.examining import examine, together, try_again
from harness.engine.fitting import fit_creations
from harness.engine.fuzzing import run_fuzz
from harness.engine.owning import fit_owners
from harness.engine.phases import FUZZ, TAIL
from harness.engine.plan import make_plan
from harness.engine.probe import guarded, run_probe
from harness.engine.touring import take_tour
from harness.engine.watching import Watching
from harness.errors import BudgetExhausted, OutOfScope
from harness.expect import inconclusive
from harness.lab import Inconclusive
from harness.model import Outcome, Result, Severity

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from harness.engine.conduct import Conduct
    from harness.engine.plan import Plan
    from harness.model import Check, Observation


T = TypeVar("T")
AT_ONCE = 12
"""Checks that use up a quota beside each other: of users of their own, and the longest wait for a refill."""


async def take_course(conduct: Conduct) -> None:
    """Carry out everything between the first request and the cleanup; results gather in `conduct`."""
    found = await _target(conduct)
    if any(each.outcome is not Outcome.PASSED for each in found) and not conduct.options.insist:
        conduct.add(Result(check=preflight.CHECK, observations=tuple(found)))
        conduct.say("halt", next(each.sentence for each in found if each.outcome is not Outcome.PASSED))
        return
    await _asked(conduct, surveying.survey(conduct.session))
    users = await confirmed(await run_probe(preflight.CHECK, conduct.session), conduct.session)
    conduct.add(replace(users, observations=(*found, *users.observations)))
    plan = _planned(conduct)
    if users.outcome is not Outcome.INCONCLUSIVE or conduct.options.insist:
        await _asked(conduct, _fit(conduct))
        await _asked(conduct, surveying.survey_openness(conduct.session))
        await _asked(conduct, surveying.survey_actions(conduct.session))
        await _carry_out(conduct, plan)


async def _fit(conduct: Conduct) -> None:
    """See what can be created, and whose it is shown to be, where a check would create anything."""
    if not any(check.needs.operations for check in conduct.plan.checks):
        return
    for fitted in (
        fit_creations(conduct.session, inferred=conduct.options.unclear is not None),
        fit_owners(conduct.session),
    ):
        async for sentence in fitted:
            conduct.say("fit", sentence)


async def _target(conduct: Conduct) -> list[Observation]:
    """Wait for the target and read its document."""
    session, options = conduct.session, conduct.options
    conduct.say("wait", f"waiting for {options.url}")
    try:
        ready, conduct.facts["readiness"] = await preflight.wait_until_ready(session.client, options.scenario)
        if ready.outcome is not Outcome.PASSED:
            return [ready]
        session.document, found = await preflight.read_document(session.client, options.scenario, options.folder)
    except (BudgetExhausted, OutOfScope) as stop:
        return [inconclusive("the target", "not-asked", str(stop))]
    return [ready, found]


def _planned(conduct: Conduct) -> Plan:
    options = conduct.options
    plan = make_plan(conduct.session, only=options.only, skip=options.skip, modes=options.modes)
    conduct.plan = plan
    conduct.keep(*plan.not_run)
    conduct.load_offered = TAIL in plan.phases
    conduct.say("plan", f"{len(plan.checks)} checks, {len(plan.not_run)} not offered")
    return plan


async def _carry_out(conduct: Conduct, plan: Plan) -> None:
    session = conduct.session
    watching = [Watching(check, session) for check in plan.watchers]
    strain = Strain(session)
    session.client.recorder.watchers += [*watching, cleaning.Foundlings(session, conduct.generators), strain]
    try:
        await _probe_and_fuzz(conduct, plan, strain)
        if plan.watchers and session.quota.scarce:
            await _tour(conduct)
        await _alone(conduct, plan)
        await _asked(conduct, surveying.survey_again(session))
    finally:
        for each in watching:
            conduct.add(each.result())


async def _tour(conduct: Conduct) -> None:
    """Take the tour; if it breaks, watchers say what they miss, and the probes go on."""
    sentence = await _asked(conduct, take_tour(conduct.session))
    if sentence is not None:
        conduct.say("tour", sentence)


async def _asked(conduct: Conduct, work: Awaitable[T]) -> T | None:
    """Await what is not a check: a bug in it, or an exhausted budget, costs this phase only."""
    try:
        return await work
    except (BudgetExhausted, OutOfScope, Inconclusive):
        return None
    except Exception as broken:  # noqa: BLE001 -- as the docstring says
        conduct.broke(broken)
        return None


async def _probe_and_fuzz(conduct: Conduct, plan: Plan, strain: Strain) -> None:
    """Run the probes, and fuzzing beside them: its generator is a process of its own, and its user nobody else's.

    Where users are shared, one thing after the other: what one creates moves the pages on which another one looks.
    """
    one_by_one = conduct.session.quota.scarce or not conduct.session.introductions.fresh
    at_once = 1 if one_by_one else conduct.options.concurrency
    conduct.say("probe", f"{len(plan.probes)} probes, at most {at_once} at a time")
    async with asyncio.TaskGroup() as group:
        probing = group.create_task(_probe(conduct, plan, strain, at_once=at_once))
        if FUZZ in plan.phases:
            conduct.say("fuzz", "Schemathesis through the gateway")
            group.create_task(_fuzz(conduct, after=probing if one_by_one else None))
        if TAIL in plan.phases:
            group.create_task(_prepare_load(conduct, after=probing if one_by_one else None))


async def _probe(conduct: Conduct, plan: Plan, strain: Strain, *, at_once: int) -> None:
    if plan.watchers and not conduct.session.quota.scarce:
        await _tour(conduct)
    probes = _telling_first(plan.probes)
    if at_once > 1:
        probes = _by_waiting(probes, first=not conduct.options.until_found)
    unanswered: list[Result] = []
    try:
        await together(conduct, probes, at_once=at_once, unanswered=unanswered)
        if strain.eased and unanswered:
            await try_again(conduct, unanswered)
    finally:
        for result in unanswered:
            conduct.add(result)


async def _prepare_load(conduct: Conduct, *, after: asyncio.Task[None] | None) -> None:
    """Make what the load needs, which mostly waits until it shows; the quota of given users is the probes' first."""
    if after is not None:
        await asyncio.wait([after])
    (conduct.lease,) = await asyncio.gather(loading.prepare(conduct.session), return_exceptions=True)


async def _fuzz(conduct: Conduct, after: asyncio.Task[None] | None) -> None:
    if after is not None:
        await asyncio.wait([after])
    conduct.add(await guarded(FUZZ, run_fuzz(conduct.session, conduct.generators)))


async def _alone(conduct: Conduct, plan: Plan) -> None:
    """Run what must not be disturbed, then the load, and last what uses up a quota."""
    session = conduct.session
    async with contextlib.AsyncExitStack() as stack:
        child = await stack.enter_async_context(load.started()) if TAIL in plan.phases else None
        for check in plan.exclusive:
            await examine(conduct, check)
        if TAIL in plan.phases:
            conduct.say("load", "Locust on its lease")
            conduct.add(await guarded(TAIL, _load(conduct, child)))
    if plan.draining:
        conduct.say("drain", f"{len(plan.draining)} checks that use up a quota")
        session.quota.allowed.clear()  # that these run at all was allowed
    await _drain(conduct, plan.draining)


async def _drain(conduct: Conduct, checks: Sequence[Check]) -> None:
    """Use up quotas, side by side where users are made for it; while some wait for refills, begin to clean up."""
    beside = [check for check in checks if conduct.session.introductions.fresh and not check.needs.exclusive]
    waiting = [check for check in beside if check.needs.waits]
    async with asyncio.TaskGroup() as group:
        group.create_task(together(conduct, waiting, at_once=AT_ONCE))
        await together(conduct, [check for check in beside if check not in waiting], at_once=AT_ONCE)
        if waiting and len(beside) == len(checks) and not conduct.options.leave:
            conduct.say("cleanup", f"{len(conduct.session.ledger.alive)} objects to delete")
            await _asked(conduct, cleaning.begin(conduct.session, conduct.cleaned))
    await together(conduct, [check for check in checks if check not in beside], at_once=1)


async def _load(conduct: Conduct, child: load.Child | None) -> Result:
    assert conduct.lease is not None  # noqa: S101 -- prepared after the probes
    conduct.load, result = await loading.run_load(conduct.session, conduct.lease, conduct.generators, child)
    return result


def _telling_first(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return the gravest checks first, of these isolation: a scarce quota is spent where it tells most."""
    return tuple(sorted(checks, key=lambda check: (list(Severity).index(check.severity), check.family != "isolation")))


def _by_waiting(checks: Sequence[Check], *, first: bool) -> tuple[Check, ...]:
    """Return what may wait first, so that the others go on meanwhile; or last, where they may make it needless."""
    return tuple(sorted(checks, key=lambda check: check.needs.waits, reverse=first))
