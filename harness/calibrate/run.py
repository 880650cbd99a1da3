"""A whole calibration: which cases there are, in which order they are tried, and what they add up to."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from harness.calibrate import benign, choice, sabotage, sample
from harness.calibrate.benches import Settings, prepared
from harness.calibrate.cases import Case, Kind, Row, Subject, flaws, sound, subjects, whole
from harness.calibrate.document import document, store
from harness.calibrate.progress_log import ProgressLog, project
from harness.calibrate.schedule import side_by_side
from harness.calibrate.score import counts, families, summarise
from harness.calibrate.trial import trial
from harness.engine import preflight
from harness.engine.plan import every_check
from harness.errors import ConfigurationError
from harness.hollow import names as hollow_names

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Sequence

    from harness.calibrate.score import Count, Family, Summary
    from harness.calibrate.trial import Bench

BARE = ("braces", "empty-lists")
"""Hollow targets tried a second time with nothing sound about them at all."""


class Watching(Protocol):
    """Who wants to know how far a calibration is."""

    def begins(self, cases: int, done: int) -> None:
        """So many cases there are, and so many an earlier, interrupted calibration has left."""

    def tried(self, row: Row, done: int, cases: int) -> None:
        """A case has been tried."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """The result of a calibration; of an interrupted one what is known, and how many cases were not tried."""

    summary: Summary
    counts: dict[Kind, Count]
    families: tuple[Family, ...]
    rows: tuple[Row, ...]
    document: dict[str, Any]
    untried: int = 0


async def calibrate(settings: Settings, watching: Watching) -> Report:
    """Try every case and return what they add up to; an interrupted calibration is continued by the next one.

    Raises ConfigurationError where there is nothing to calibrate on, or `only` names nothing.
    """
    started = time.monotonic()
    found = subjects(settings.scenarios)
    every = await all_cases(found, settings)
    cases = _chosen(every, settings)
    log = ProgressLog.of(replace(settings, jobs=0), code=_code(found, settings))
    names = {case.id for case in cases}
    rows = {name: row for name, row in log.rows().items() if name in names}
    watching.begins(len(cases), len(rows))
    left = [case for case in cases if case.id not in rows]

    def spent() -> float:
        return log.spent + time.monotonic() - started

    def done(row: Row) -> None:
        rows[row.case.id] = row
        log.add(row, spent())
        watching.tried(row, len(rows), len(cases))

    extent = choice.extent(cases, quick=settings.quick, named=bool(settings.only))
    async with prepared(found, left, settings, extent) as bench:
        await _until_interrupted(try_all(left, bench, jobs=settings.jobs, done=done))
    tried = [rows[case.id] for case in cases if case.id in rows]
    if len(tried) == len(cases):
        log.finish()
    known = sum(case.kind is Kind.FLAW for case in (cases if settings.only else every))
    return _report(tried, settings, spent(), untried=len(cases) - len(tried), known=known)


async def _until_interrupted(work: Coroutine[Any, Any, None]) -> None:
    """Await the work; when asked to end, end it, and go on with what is known."""
    try:
        await work
    except asyncio.CancelledError:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 -- a coroutine is run by a task
        task.uncancel()


def _code(found: Sequence[Subject], settings: Settings) -> list[Path]:
    """Return what decides what comes of a case: the harness, the projects of the scenarios, flaws from outside."""
    own = [Path(__file__).parents[1], *(project(each.path) for each in found), *(each.path for each in found)]
    return own if settings.outside is None else [*own, settings.outside]


async def try_all(cases: Sequence[Case], bench: Bench, *, jobs: int, done: Callable[[Row], None]) -> None:
    """Try the cases side by side, those that may wait long first; afterwards, one by one, those that measure time.

    A flaw that survives is tried once more, alone: a machine full of trials hides races and waits, and not every sample
    catches what shows in a share of all answers only. So is a sound service that a check could not judge.
    """
    blurred: list[Case] = []

    async def one(case: Case) -> None:
        row = await trial(case, bench)
        if row.blurred:
            blurred.append(case)
        else:
            done(row)

    apart = [case for case in cases if choice.alone(case, bench.checks)]
    together = [case for case in cases if case not in apart]
    await side_by_side(sorted(together, key=lambda case: choice.patience(case, bench.checks)), one, jobs=jobs)
    for case in apart:
        await one(case)
    for case in blurred:
        done(replace(await trial(case, bench), tries=2))


async def all_cases(found: Sequence[Subject], settings: Settings) -> list[Case]:
    """Return every case: sound, flaws and benign variants of each service, hollow targets, sabotage."""
    seeded = await asyncio.gather(*(flaws(each, settings.outside) for each in found))
    cases = [case for each, own in zip(found, seeded, strict=True) for case in sound(each, own)]
    cases += [case for own in seeded for case in own]
    cases += _variants([each for each in found if not each.variant])
    if not settings.quick:
        timed = [replace(case, timed=True) for case in cases if case.kind in {Kind.SOUND, Kind.BENIGN}]
        cases += [case for case in timed if choice.stages(case, every_check(), choice.Extent())]
    usual = [each for each in found if not each.variant] or found
    signed = next((each for each in usual if each.scenario.users.minted), usual[0])
    imitated = [signed] if settings.quick else [signed, *(each for each in usual if each is not signed)]
    for each in imitated:
        names = [*hollow_names(), *(f"bare-{name}" for name in BARE)]
        cases += [Case(kind=Kind.HOLLOW, subject=each.name, name=name) for name in names]
        for name in sabotage.names():
            how = sabotage.load(name)
            alone = len(found) == 1 and how.other("", ["", "other"]) is not None
            if how.applies(each.scenario) and not alone:
                mode = "grey" if how.grey else "http"
                cases.append(Case(kind=Kind.SABOTAGE, subject=each.name, name=name, mode=mode, title=how.title))
    return cases


def _variants(found: Sequence[Subject]) -> list[Case]:
    """Return the harmless variants of benches, each on one of the services in turn: what they vary is not theirs."""
    cases = []
    for number, name in enumerate(benign.names()):
        how = benign.load(name)
        able = [each for each in found if how.applies(each.scenario)]
        if able:
            subject = able[number % len(able)].name
            kind, touches = Kind.BENIGN, how.touches
            cases.append(Case(kind=kind, subject=subject, name=name, mode="bench", title=how.title, touches=touches))
    return cases


def _chosen(cases: list[Case], settings: Settings) -> list[Case]:
    """Return the cases that one of the names means: a case, a kind, a service or a family; without names a sample."""
    for name in settings.only:
        if not any(_means(name, case) for case in cases):
            raise ConfigurationError(f"--only {name}: no flaw, hollow target, sabotage, service or kind has this name")
    if settings.only:
        return [case for case in cases if any(_means(name, case) for name in settings.only)]
    if not settings.quick:
        return cases
    # What measures time has the machine for itself, which takes longer than a quick calibration may.
    return sample.of_each_weakness([case for case in cases if case.outside or not choice.alone(case, every_check())])


def _means(name: str, case: Case) -> bool:
    return name in {case.name, case.kind.value, case.id, case.subject, case.family, case.weakness} - {""}


def _report(tried: Iterable[Row], settings: Settings, seconds: float, *, untried: int, known: int) -> Report:
    rows = whole(tried)
    checks = {check.id: check for check in (*every_check(), preflight.CHECK)}
    complete = settings.complete and not untried
    summary, counted, scores = summarise(rows, checks, complete=complete), counts(rows, checks), families(rows, checks)
    result = document(
        summary, counted, scores, rows, quick=settings.quick, seconds=seconds, untried=untried, known_flaws=known
    )
    if complete:
        store(result)
    return Report(summary=summary, counts=counted, families=scores, rows=tuple(rows), document=result, untried=untried)
