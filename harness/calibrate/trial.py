"""One trial: start what is to be tried, run the chosen checks against it, and note every outcome."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness import engine
from harness.calibrate import benign, choice, sabotage
from harness.calibrate.cases import Case, Kind, Row, Subject
from harness.calibrate.changes import hasten
from harness.calibrate.middle import standing
from harness.errors import ConfigurationError, NothingToTest
from harness.evidence.redact import Redactor
from harness.issuer import issuing
from harness.model import NOT_RUN, Outcome
from harness.scenario import amended
from harness.scenario.schema import ServiceSpec
from harness.service import Service, forked, generate, serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from pathlib import Path

    from harness.calibrate.changes import Change
    from harness.issuer import Issuer
    from harness.lab import Session
    from harness.model import Check, Exchange, Result, Run
    from harness.scenario import Scenario

SEED = 20_261_123
FEW = 2
"""Probes beside each other where the first finding ends a run."""
PATIENCE = {Kind.HOLLOW: 0.0, Kind.SABOTAGE: 3.0}


class Plain(Redactor):
    """Redacts nothing: what a trial has seen is thrown away."""

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return it as it is."""
        return exchange


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What all trials share."""

    subjects: Mapping[str, Subject]
    checks: Sequence[Check]
    documents: Mapping[str, Path]
    extent: choice.Extent
    outside: Path | None = None
    forks: Mapping[str, Service] = field(default_factory=dict)
    redactor: Redactor = field(default_factory=Plain)


async def trial(case: Case, bench: Bench) -> Row:
    """Carry out one trial; whatever goes wrong is in the row, only cancellation is raised."""
    started = time.monotonic()
    stages = choice.stages(case, bench.checks, bench.extent)
    if not stages:
        return Row(case=case)
    own = tuple(check.id for check in choice.catching(case, bench.checks)) if case.kind is Kind.FLAW else ()
    results: dict[str, Result] = {}
    error: str | None = None
    try:
        async with _served(case, bench) as sound, _changed(case, bench, sound) as service:
            for stage in stages:
                killed = any(results[check].outcome is Outcome.FAILED for check in own if check in results)
                only = tuple(check for check in stage.only if not (killed and check in results))
                if only and (stage.beside or not killed):
                    run = await engine.verify(_options(case, bench, service, only, part=killed))
                    _go_on(run)
                    results |= {result.check.id: result for result in run.results if _has_run(result)}
    except (ConfigurationError, NothingToTest) as wrong:
        error = str(wrong)
    except Exception as broken:  # noqa: BLE001 -- a broken trial is one row, never a lost calibration
        error = f"{type(broken).__name__}: {broken}"
    return Row(
        case=case,
        outcomes={name: _outcome(result) for name, result in results.items()},
        sentences={name: said for name, result in results.items() if (said := _sentence(result))},
        catching=own,
        seconds=round(time.monotonic() - started, 2),
        error=error,
    )


@contextlib.asynccontextmanager
async def _served(case: Case, bench: Bench) -> AsyncIterator[Service]:
    """Start what is tried: by a fork where the service can do that."""
    with issuing(bench.subjects[case.subject].scenario.users.minted) as issuer:
        async with _started(case, bench, issuer) as service:
            yield service


@contextlib.asynccontextmanager
async def _started(case: Case, bench: Bench, issuer: Issuer | None) -> AsyncIterator[Service]:
    subject, outside = bench.subjects[case.subject], bench.outside
    generated = generate(subject.service)
    if case.kind is Kind.HOLLOW:
        async with serve(_hollow(case, bench), folder=subject.folder, generated=generated, issuer=issuer) as service:
            yield service
        return
    answering = bench.subjects[_answering(case, bench)]
    parent = bench.forks.get(answering.name)
    seeded = case.name if case.seeded else ""
    if parent is not None and case.kind is not Kind.SOUND and not choice.supervised(case, bench.checks):
        apart = case.mode == "grey" and answering.service.endpoints is not None
        async with forked(parent, answering.service, flaws=seeded, outside=outside, apart=apart) as service:
            yield replace(service, generated={**generated, **service.generated}, issuer=issuer)
        return
    generated |= generate(answering.service)
    arguments = ["--flaws", seeded, *(["--flaws-from", str(outside)] if outside else [])] if seeded else []
    starting = serve(
        answering.service, folder=answering.folder, generated=generated, arguments=arguments, issuer=issuer
    )
    async with starting as service:
        yield service


@contextlib.asynccontextmanager
async def _changed(case: Case, bench: Bench, service: Service) -> AsyncIterator[Service]:
    """Put there what a change has between harness and service, and begin what goes on beside the checks."""
    change = _change(case)
    if change is None:
        yield service
        return
    middle = change.middle(bench.subjects[case.subject].scenario)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(change.around())
        if middle is not None:
            service = replace(service, url=await stack.enter_async_context(standing(service.url, middle)))
        yield service


def _change(case: Case) -> Change | None:
    """Return how the bench of a case is changed, None if it is not."""
    if case.kind is Kind.SABOTAGE:
        return sabotage.load(case.name)
    return benign.load(case.name) if case.kind is Kind.BENIGN and not case.seeded else None


def _answering(case: Case, bench: Bench) -> str:
    """Return the name of the service that answers: its own, unless that is what is sabotaged."""
    other = sabotage.load(case.name).other if case.kind is Kind.SABOTAGE else None
    return (other(case.subject, list(bench.subjects)) if other else None) or case.subject


def _hollow(case: Case, bench: Bench) -> ServiceSpec:
    name = case.name.removeprefix("bare-")
    command = ["{python}", "-m", "harness.hollow", name, "--openapi", str(bench.documents[case.subject])]
    command += ["--scenario", str(bench.subjects[case.subject].path)]
    return ServiceSpec(command=[*command, "--bare"] if name != case.name else command)


def _options(case: Case, bench: Bench, service: Service, only: tuple[str, ...], *, part: bool) -> engine.Options:
    subject = bench.subjects[case.subject]
    scenario = amended(subject.scenario, case.said)
    brief = case.kind is Kind.FLAW and case.id not in bench.extent.beside
    part = part or bench.extent.is_part(case)
    return engine.Options(
        url=service.url,
        scenario=_impatient(choice.part(scenario, case) if part else scenario, case.kind),
        scenario_text=subject.text,
        folder=subject.folder,
        redactor=bench.redactor,
        run_id="calibration",
        seed=SEED if case.seed is None else case.seed,
        only=only,
        generated=service.generated,
        service=service if case.kind is not Kind.HOLLOW else None,
        issuer=service.issuer,
        insist=True,
        leave=case.kind is not Kind.SOUND,
        until_found=brief,
        sparing=part,
        concurrency=FEW if brief else engine.Options.concurrency,
        tamper=_tamper(case, bench),
    )


def _has_run(result: Result) -> bool:
    """Whether a check was tried at all, before something was found."""
    return any(each.reason != NOT_RUN for each in result.observations) or result.error is not None


def _go_on(run: Run) -> None:
    """Raise CancelledError for a run that was interrupted: the calibration ends too."""
    if run.interrupted:
        raise asyncio.CancelledError


def _tamper(case: Case, bench: Bench) -> Callable[[Session], None] | None:
    """Return how the bench is changed before the first request: sabotage, or less patience where nothing ever ends."""
    change = _change(case)
    if change is not None:
        return change.tamper
    return hasten if bench.extent.quick and case.name in choice.ENDLESS else None


def _impatient(scenario: Scenario, kind: Kind) -> Scenario:
    """Return the scenario without its patience where much never shows: on hollow targets and sabotaged benches."""
    longest = PATIENCE.get(kind)
    if longest is None:
        return scenario
    resources = [spec.model_copy(update={"settle": min(spec.settle, longest)}) for spec in scenario.resource]
    return scenario.model_copy(update={"resource": resources})


def _outcome(result: Result) -> str:
    """Return the outcome, with the reason where it was skipped."""
    if result.outcome is not Outcome.SKIPPED:
        return result.outcome.value
    return f"skipped:{next((each.reason for each in result.observations if each.reason), '')}"


def _sentence(result: Result) -> str | None:
    """Return the sentence that decided the outcome, for all but what passed or was skipped."""
    if result.outcome in {Outcome.PASSED, Outcome.SKIPPED}:
        return None
    said = next((each.sentence for each in result.observations if each.outcome is result.outcome), None)
    return (said or result.error or "")[:300]
