"""One run from its first request to its verdict."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import hashlib
import platform
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from harness.client import Client
from harness.engine import cleaning, loading, preflight
from harness.engine.fuzzing import run_fuzz
from harness.engine.judge import judge, parsed_gates
from harness.engine.phases import FUZZ, TAIL
from harness.engine.plan import Plan, make_plan
from harness.engine.probe import run_probe
from harness.engine.touring import take_tour
from harness.errors import NothingToTest
from harness.evidence.journal import Journal
from harness.expect import inconclusive
from harness.identities import Introductions, Vault
from harness.lab import Lab, Session
from harness.lab.ledger import Ledger
from harness.model import Check, Cleanup, Identity, LoadRun, Outcome, Result, Run, Severity, Step, Target
from harness.openapi import match, parse_document
from harness.policy import Budget, Origin, Policy
from harness.recording import Recorder
from harness.transport import HttpTransport, RawTransport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Sequence

    from harness.engine.options import Options
    from harness.model import Observation

PACKAGES = ("harness-verify", "httpx", "schemathesis", "locust", "scipy")


@dataclass(kw_only=True)
class Conduct:
    """The state of a run while it goes on."""

    options: Options
    session: Session
    timeline: list[Step] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    planned: list[Check] = field(default_factory=list)
    generators: dict[str, Identity] = field(default_factory=dict)
    load: LoadRun | None = None
    load_offered: bool = False
    cleanup: tuple[Cleanup, ...] = ()
    interrupted: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def say(self, phase: str, sentence: str) -> None:
        """Add a line to the timeline."""
        self.timeline.append(Step(at=round(self.session.client.recorder.now(), 3), phase=phase, sentence=sentence))
        self.options.progress.phase(phase, sentence)

    def add(self, result: Result) -> None:
        """Take in the result of a check."""
        self.keep(result)
        self.options.progress.step(result.check.id, result.outcome.value, result.seconds)

    def keep(self, *results: Result) -> None:
        """Take in results of checks, also of those that did not run."""
        self.results += results
        if self.options.on_result is not None:
            for result in results:
                named = [name for seen in result.observations for name in seen.exchanges]
                self.options.on_result(result, self.session.client.recorder.some(named, self.options.redactor.exchange))


async def verify(options: Options) -> Run:
    """Carry out one run and return it, whatever happens to the target on the way.

    Raises ConfigurationError or NothingToTest before the first request; cancellation ends the run early, and the Run
    says so.
    """
    parsed_gates(options.scenario, options.profile)
    started = time.time()
    session = _session(options)
    conduct = Conduct(options=options, session=session)
    work = asyncio.ensure_future(_work(conduct))
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        conduct.interrupted = "interrupted by the user"
        work.cancel()
        await asyncio.wait([work])
    except NothingToTest:
        await session.client.aclose()
        raise
    conduct.facts["interrupted"] = conduct.interrupted
    await _finish(conduct)
    await session.client.aclose()
    return _run(conduct, started)


@contextlib.asynccontextmanager
async def opened(options: Options) -> AsyncIterator[Session]:
    """Open a session without running anything: for commands that need users of a scenario."""
    session = _session(options)
    try:
        yield session
    finally:
        await session.client.aclose()


def dry_run(options: Options) -> Plan:
    """Return the plan without sending anything; what only the document could tell is taken as there."""
    session = _session(options)
    if options.scenario.target.document is not None:
        session.document = parse_document(
            '{"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {}}', where="(dry run)"
        )
    return make_plan(session, only=options.only, skip=options.skip, modes=options.modes)


async def _work(conduct: Conduct) -> None:
    session, options = conduct.session, conduct.options
    conduct.say("wait", f"waiting for {options.url}")
    ready, history = await preflight.wait_until_ready(session.client, options.scenario)
    conduct.facts["readiness"] = history
    observations = [ready]
    if ready.outcome is Outcome.PASSED:
        session.document, found = await preflight.read_document(session.client, options.scenario, options.folder)
        observations.append(found)
    if any(each.outcome is not Outcome.PASSED for each in observations) and not options.insist:
        return _halt(conduct, observations)
    users = await run_probe(preflight.CHECK, session)
    conduct.add(_with(users, observations))
    plan = make_plan(session, only=options.only, skip=options.skip, modes=options.modes)
    conduct.keep(*plan.not_run)
    conduct.planned = list(plan.checks)
    conduct.load_offered = TAIL in plan.phases
    conduct.say("plan", f"{len(plan.checks)} checks, {len(plan.not_run)} not offered")
    if users.outcome is Outcome.INCONCLUSIVE and not options.insist:
        return None
    await _carry_out(conduct, plan)
    return None


def _halt(conduct: Conduct, observations: Sequence[Observation]) -> None:
    """Stop before the first check: everything planned stays unanswered, and the reason is told once."""
    conduct.add(Result(check=preflight.CHECK, observations=tuple(observations)))
    conduct.say("halt", next(each.sentence for each in observations if each.outcome is not Outcome.PASSED))


def _with(result: Result, observations: Sequence[Observation]) -> Result:
    return Result(
        check=result.check,
        observations=(*observations, *result.observations),
        error=result.error,
        seconds=result.seconds,
        requests=result.requests,
    )


async def _carry_out(conduct: Conduct, plan: Plan) -> None:
    session = conduct.session
    watching = [
        (check, check.watch(Lab(session=session, check_id=check.id, random=None)))  # type: ignore[arg-type]  # draws nothing
        for check in plan.watchers
        if check.watch
    ]
    session.client.recorder.watchers += [watcher for _, watcher in watching]
    session.client.recorder.watchers.append(cleaning.Foundlings(session, conduct.generators))
    try:
        if plan.watchers and not session.quota.scarce:
            conduct.say("tour", await take_tour(session))
        await _probe_and_fuzz(conduct, plan)
        if plan.watchers and session.quota.scarce:
            conduct.say("tour", await take_tour(session))
        for check in plan.exclusive:
            conduct.add(await run_probe(check, session))
        if TAIL in plan.phases:
            conduct.say("load", "Locust on its lease")
            conduct.load, result = await loading.run_load(session, conduct.generators)
            conduct.add(result)
        if plan.draining:
            conduct.say("drain", f"{len(plan.draining)} checks that use up a quota")
            for check in plan.draining:
                conduct.add(await run_probe(check, session))
    finally:
        for check, watcher in watching:
            conduct.add(Result(check=check, observations=tuple(watcher.conclude())))


async def _probe_and_fuzz(conduct: Conduct, plan: Plan) -> None:
    """Run the probes, and fuzzing beside them: its generator is a process of its own, and its user nobody else's."""
    scarce = conduct.session.quota.scarce
    conduct.say("probe", f"{len(plan.probes)} probes, at most {1 if scarce else conduct.options.concurrency} at a time")
    async with asyncio.TaskGroup() as group:
        group.create_task(_together(conduct, _telling_first(plan.probes), scarce=scarce))
        if FUZZ in plan.phases:
            conduct.say("fuzz", "Schemathesis through the gateway")
            group.create_task(_fuzz(conduct))


async def _fuzz(conduct: Conduct) -> None:
    conduct.add(await run_fuzz(conduct.session, conduct.generators))


def _telling_first(checks: Sequence[Check]) -> tuple[Check, ...]:
    """The gravest checks first, those on isolation before others: a scarce quota is spent where it tells most."""
    return tuple(sorted(checks, key=lambda check: (list(Severity).index(check.severity), check.family != "isolation")))


async def _together(conduct: Conduct, checks: Sequence[Check], *, scarce: bool = False) -> None:
    slots = asyncio.Semaphore(1 if scarce else conduct.options.concurrency)

    async def one(check: Check) -> None:
        async with slots:
            conduct.add(await run_probe(check, conduct.session))

    async with asyncio.TaskGroup() as group:
        for check in checks:
            group.create_task(one(check))


async def _finish(conduct: Conduct) -> None:
    """Clean up, in bounded time, also after an interruption; a check that never ran is not forgotten."""
    conduct.say("cleanup", f"{len(conduct.session.ledger.alive)} objects to delete")
    conduct.cleanup = await _bounded(cleaning.clean_up(conduct.session), 60.0) or ()
    done = {result.check.id for result in conduct.results}
    sentence = "did not run: the run ended before it"
    left = (check for check in conduct.planned if check.id not in done)
    conduct.keep(*(Result(check=check, observations=(inconclusive(check.id, "not-run", sentence),)) for check in left))


async def _bounded(work: Coroutine[Any, Any, tuple[Cleanup, ...]], seconds: float) -> tuple[Cleanup, ...] | None:
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        return None


def _session(options: Options) -> Session:
    scenario = options.scenario
    origin = Origin.parse(options.url)
    bounds = scenario.safety
    budget = Budget(requests=bounds.requests, seconds=bounds.seconds, per_second=bounds.per_second)
    policy = Policy(origin=origin, budget=budget, read_only="read-only" in options.allowed)
    recorder = Recorder()
    client = Client(policy=policy, recorder=recorder, http=HttpTransport(origin), raw=RawTransport(origin))
    vault = Vault(folder=options.folder, generated=options.generated, remember=options.redactor.add)
    session = Session(
        scenario=scenario,
        document=None,
        client=client,
        introductions=Introductions.build(scenario, vault, client),
        ledger=Ledger(Journal(options.journal)),
        seed=options.seed,
        profile=options.profile,
        service=options.service,
        allowed=options.allowed,
    )
    policy.excluded = lambda method, target: _excluded(session, method, target)
    if options.tamper is not None:
        options.tamper(session)
    return session


def _excluded(session: Session, method: str, target: str) -> str | None:
    """Return why a request must not leave: its operation is excluded by the scenario."""
    excluded = session.scenario.target.exclude
    if not excluded or session.document is None:
        return None
    operation = match(session.document.operations, method, target)
    return f"{operation.id} is excluded by the scenario" if operation is not None and operation.id in excluded else None


def _run(conduct: Conduct, started: float) -> Run:
    options, session = conduct.options, conduct.session
    verdict = judge(
        options.scenario,
        profile=options.profile,
        results=conduct.results,
        load=conduct.load,
        load_offered=conduct.load_offered,
        cleanup=conduct.cleanup,
        interrupted=conduct.interrupted,
        today=dt.datetime.fromtimestamp(started, tz=dt.UTC).date(),
    )
    document = session.document
    return Run(
        id=options.run_id,
        seed=options.seed,
        profile=options.profile,
        command=options.command,
        scenario_name=options.scenario.name,
        scenario_digest=hashlib.sha256(options.scenario_text.encode()).hexdigest(),
        scenario_text=options.scenario_text,
        started=started,
        ended=time.time(),
        target=Target(
            base_url=options.url,
            operations=document.operations if document else (),
            document_digest=document.digest if document else None,
            version=session.facts.get("version"),
        ),
        results=tuple(sorted(conduct.results, key=lambda result: result.check.id)),
        exchanges=session.client.recorder.finish(options.redactor.exchange),
        timeline=tuple(conduct.timeline),
        cleanup=conduct.cleanup,
        load=conduct.load,
        verdict=verdict,
        interrupted=conduct.interrupted,
        versions={"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        facts={
            **session.facts,
            **conduct.facts,
            "credentials": _credentials(conduct),
            "load_offered": conduct.load_offered,
            "users": dict(options.users),
        },
        document=document.text if document else None,
    )


def _credentials(conduct: Conduct) -> dict[str, list[list[str]]]:
    """Return how each user's requests carry its credential, with a shell variable in its place."""
    carrier = conduct.options.scenario.users.credential
    names = sorted({exchange.user for exchange in conduct.session.client.recorder.exchanges.values()} - {"anonymous"})
    made: dict[str, list[list[str]]] = {}
    for name in names:
        variable = f"$HARNESS_{name.upper().replace('-', '_')}_TOKEN"
        if carrier.cookie is not None:
            made[name] = [["Cookie", f"{carrier.cookie}={variable}"]]
        else:
            made[name] = [[carrier.header or "Authorization", carrier.template.replace("{credential}", variable)]]
    return made
