"""From the state of a run at its end to the Run, with its verdict."""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
import time
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from harness.engine.judge import judge
from harness.model import Run, Target

if TYPE_CHECKING:
    from harness.engine.conduct import Conduct
    from harness.model import Verdict

PACKAGES = ("harness-verify", "schemathesis", "locust", "scipy")


def summed(conduct: Conduct, started: float) -> Run:
    """Return the Run, judged and without secrets; `started` is seconds since the epoch."""
    options, session, document = conduct.options, conduct.session, conduct.session.document
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
        target=_target(conduct),
        results=tuple(sorted(conduct.results, key=lambda result: result.check.id)),
        exchanges=session.client.recorder.finish(options.redactor.exchange, cited=_cited(conduct)),
        timeline=tuple(conduct.timeline),
        cleanup=conduct.cleanup,
        load=conduct.load,
        verdict=_verdict(conduct, started),
        interrupted=conduct.interrupted,
        versions=_versions(),
        facts=_facts(conduct),
        document=document.text if document else None,
    )


@cache
def _versions() -> dict[str, str]:
    """Return the versions of what decides a result, which are read from files and never change while we run."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def _cited(conduct: Conduct) -> frozenset[str]:
    """Return the ids of the exchanges that an observation, or a leak under load, points to, and of what shows them.

    The steps of a finding begin with what it needs, the parents of an object among it; a limit is seen in a series.
    """
    recorded = conduct.session.client.recorder.exchanges.values()
    limited = {exchange.phase for exchange in recorded if exchange.limited}
    around = (exchange.id for exchange in recorded if exchange.purpose == "create" or exchange.phase in limited)
    seen = (each for result in conduct.results for each in result.observations)
    leaks = conduct.load.leaks if conduct.load is not None else ()
    return frozenset({*(name for each in seen for name in each.exchanges), *leaks, *around})


def _verdict(conduct: Conduct, started: float) -> Verdict:
    return judge(
        conduct.options.scenario,
        profile=conduct.options.profile,
        results=conduct.results,
        load=conduct.load,
        load_offered=conduct.load_offered,
        cleanup=conduct.cleanup,
        interrupted=conduct.interrupted,
        today=dt.datetime.fromtimestamp(started, tz=dt.UTC).date(),
    )


def _target(conduct: Conduct) -> Target:
    session = conduct.session
    document = session.document
    return Target(
        base_url=conduct.options.url,
        operations=document.operations if document else (),
        document_digest=document.digest if document else None,
        version=session.facts.get("version"),
    )


def _facts(conduct: Conduct) -> dict[str, Any]:
    return {
        **conduct.session.facts,
        **conduct.facts,
        "interrupted": conduct.interrupted,
        "credentials": _credentials(conduct),
        "claims": {subject: dict(claims) for subject, claims in conduct.session.claims.items()},
        "load_offered": conduct.load_offered,
        "users": dict(conduct.options.users),
        "not_verified": [*_shared(conduct), *conduct.session.facts.get("others", ()), *_untouched(conduct)],
        "operations": _operations(conduct),
    }


def _operations(conduct: Conduct) -> dict[str, int]:
    """Return how many operations the document has, how many were understood, answered with success, and judged."""
    known = {operation.id for operation in conduct.session.operations}
    unclear = conduct.options.unclear
    recorded = conduct.session.client.recorder.exchanges.values()
    answered = {exchange.request.operation for exchange in recorded if exchange.ok}
    counts = {"documented": len(known), "answered": len(answered & known), "judged": len(_judged(conduct) & known)}
    return counts if unclear is None else {**counts, "understood": len(known - unclear.keys())}


def _judged(conduct: Conduct) -> set[str]:
    """Return the operations that an isolation or token check has said anything about."""
    rows = {seen.cell.row for result in conduct.results for seen in result.observations if seen.cell is not None}
    return {row.partition(" (")[0] for row in rows}


def _shared(conduct: Conduct) -> list[str]:
    """Return a sentence where checks had to share their users."""
    if not conduct.session.introductions.limited:
        return []
    sentence = (
        "The target limits sign-ups (429), so checks shared their users; what needs users of its own is not verified."
        " A higher limit in the environment of the test would let every check have new ones."
    )
    return [sentence]


def _untouched(conduct: Conduct) -> list[str]:
    """Return a sentence for each operation of the document on which no isolation or token check has said anything."""
    if conduct.options.only:
        return []
    touched, unclear = _judged(conduct), conduct.options.unclear or {}
    target = conduct.options.scenario.target
    open_ = {*target.public, target.ready, target.version, target.metrics}
    return [
        f"{operation.id}: no check of access was tried on it; "
        + (f"not understood: {unclear[operation.id]}" if operation.id in unclear else "describe it in the scenario")
        for operation in conduct.session.operations
        if operation.id not in touched and operation.id not in open_ and operation.secured is not False
    ]


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
