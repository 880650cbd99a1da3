"""`harness inspect`, `env`, `replay` and `sweep`: what a bundle is good for afterwards."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import typer

from harness import engine
from harness.commands import target
from harness.commands.credentials import exports
from harness.errors import ConfigurationError
from harness.evidence import inspect as inspection
from harness.evidence import keys
from harness.evidence.approval import approve as sign_approval
from harness.evidence.bundle import JOURNAL, read_bundle
from harness.evidence.journal import Journal
from harness.evidence.redact import Redactor
from harness.evidence.serialise import EvidenceError
from harness.identities import UserRefused
from harness.model import Outcome
from harness.policy import Origin
from harness.scenario import parse_scenario
from harness.state import state_folder
from reports.scripts import Holder, needed_by

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.evidence.bundle import Bundle
    from harness.evidence.journal import Entry
    from harness.lab import Session
    from harness.model import Finding
    from harness.scenario import Scenario

MARKS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.INCONCLUSIVE: "?", Outcome.ERROR: "!", Outcome.SKIPPED: "-"}
REPRODUCED, NOT_REPRODUCED, UNCLEAR = 1, 0, 10


def inspect(bundle: Path, key: Path | None) -> int:
    """Print the steps of an inspection; return 0 for a sound bundle, else 1."""
    done = inspection.inspect(bundle, public_key=key)
    for step in done.steps:
        typer.echo(f"  {step.number}. {MARKS[step.outcome]} {step.title:<10} {step.sentence}")
    if done.bundle is not None and done.sound:
        run = done.bundle.run
        early = f" ({run.interrupted})" if run.interrupted else ""
        said = f"{run.verdict.decision.value}{early}, exit {run.exit_code}"
        typer.echo(f"VERDICT  {said}, recomputed from the observations of {bundle}")
    return 0 if done.sound else 1


def approve(bundle: Path, role: str, key: Path, reason: str) -> int:
    """Add an approval, signed with the key of whoever approves; return 0."""
    made = sign_approval(bundle, role=role, key=keys.signing_key(key, state=state_folder()), reason=reason)
    typer.echo(f"{made.role} approves the {made.decision} of {bundle} ({made.at})")
    return 0


async def environment(bundle: Path, url: str | None) -> int:
    """Print `export` lines with fresh credentials, for `eval`; the one command that prints them."""
    known = _read(bundle)
    options = _options(known, bundle, url=url)
    if (minted := options.scenario.users.minted) is not None and minted.published is not None:
        message = (
            "users.minted.published: tokens of this scenario are good only while a run publishes their keys;"
            " harness replay shows a finding again"
        )
        raise ConfigurationError(message)
    run = known.run
    async with engine.opened(options) as session:
        wanted = needed_by(run) or tuple(Holder(user=name) for name in session.introductions.names[:2])
        try:
            lines = [line async for line in exports(session, wanted)]
        except UserRefused as refused:
            raise ConfigurationError(str(refused)) from refused
    base = f"export BASE_URL={shlex.quote(Origin.parse(url or run.target.base_url).url)}"
    typer.echo("\n".join([*lines, base]))
    return 0


async def replay(bundle: Path, finding: str, url: str | None) -> int:
    """Run the check of a finding again; return 1 where it comes back, 0 where it does not, 10 if that is unclear."""
    known = _read(bundle)
    wanted = _finding(known, finding)
    run = await engine.verify(_options(known, bundle, url=url, only=(wanted.check.id,)))
    results = [result for result in run.results if result.check.id == wanted.check.id]
    again = [each for each in run.verdict.findings if each.fingerprint == wanted.fingerprint]
    for result in results:
        for observation in result.observations:
            typer.echo(f"  {MARKS[observation.outcome]} {observation.sentence}")
    if again:
        typer.echo(f"{wanted.id} comes back: {again[0].observation.sentence}")
        return REPRODUCED
    if any(result.outcome is Outcome.PASSED for result in results):
        typer.echo(f"{wanted.id} does not come back: its check passes")
        return NOT_REPRODUCED
    reasons = "; ".join(run.verdict.reasons[:2])
    typer.echo(f"{wanted.id}: nothing can be said ({reasons})")
    return UNCLEAR


def _read(folder: Path) -> Bundle:
    """Return the bundle in a folder; raise ConfigurationError for a folder that holds none."""
    try:
        return read_bundle(folder)
    except EvidenceError as error:
        raise ConfigurationError(f"{folder}: expected the folder of a bundle, but {error}") from error


def _finding(known: Bundle, name: str) -> Finding:
    findings = {each.id: each for each in known.run.verdict.findings}
    if name not in findings:
        message = f"{name}: no such finding in this bundle; it has {', '.join(findings) or 'none'}"
        raise ConfigurationError(message)
    return findings[name]


def _options(known: Bundle, folder: Path, *, url: str | None = None, only: tuple[str, ...] = ()) -> engine.Options:
    run = known.run
    scenario = parse_scenario(run.scenario_text, where=f"{folder}/scenario.toml")
    users = run.facts.get("users")
    given = tuple(f"{name}={reference}" for name, reference in users.items()) if users else ()
    return engine.Options(
        url=url or run.target.base_url,
        scenario=target.with_users(scenario, given),
        scenario_text=run.scenario_text,
        folder=folder,
        redactor=Redactor(),
        run_id=f"{run.id}-again",
        seed=run.seed,
        profile=run.profile,
        only=only,
        generated=_generated(scenario),
    )


def _generated(scenario: Scenario) -> Mapping[str, str]:
    """Return the secrets of a service that still runs, as far as the environment has them."""
    names = scenario.service.generate if scenario.service else []
    return {name: os.environ[name] for name in names if name in os.environ}


async def sweep(bundle: Path, url: str | None, scenario: Path | None, users: tuple[str, ...]) -> int:
    """Delete what the journal says was created and not removed; return 0 when nothing is left, else 1."""
    if not (bundle / JOURNAL).is_file():
        raise ConfigurationError(f"{bundle}: expected the folder of a run, but it holds no {JOURNAL}")
    journal = Journal(bundle / JOURNAL)
    pending = [entry for entry in journal.pending() if entry.delete is not None]
    unknown = [entry for entry in journal.pending() if entry.delete is None]
    options = _sweep_options(bundle, url, scenario, users)
    left = 0
    async with engine.opened(options) as session:
        for entry in pending:
            outcome = await _remove(session, entry)
            journal.settled(entry.number, outcome)
            left += outcome == "left"
            typer.echo(f"  {outcome:<8} {entry.resource} {entry.id} of {entry.user.partition(':')[0]}")
    for entry in unknown:
        typer.echo(
            f"  unknown  a {entry.resource} of {entry.user.partition(':')[0]} may exist, its marker is {entry.marker}"
        )
    typer.echo(f"{len(pending) - left} of {len(pending)} objects are gone, {len(unknown)} unknown")
    return 1 if left else 0


def _sweep_options(bundle: Path, url: str | None, scenario: Path | None, users: tuple[str, ...]) -> engine.Options:
    if (bundle / "run.json").exists():
        return _options(read_bundle(bundle), bundle, url=url)
    given = target.load(scenario)
    known = target.with_users(given.scenario, users)
    return engine.Options(
        url=target.url_of(url, known),
        scenario=known,
        scenario_text=given.text,
        folder=given.folder,
        redactor=Redactor(),
        run_id="sweep",
        seed=0,
        generated=_generated(known),
    )


async def _remove(session: Session, entry: Entry) -> str:
    name, _, subject = entry.user.partition(":")
    introductions = session.introductions
    try:
        user = (
            introductions.returning(name, subject)
            if introductions.minter is not None
            else await introductions.introduce(name)
        )
    except UserRefused:
        return "left"
    assert entry.delete is not None  # noqa: S101 -- only entries with a delete come here
    exchange = await session.client.send(user, entry.delete, purpose="sweep")
    return "deleted" if exchange.ok else "gone" if exchange.status in {404, 410} else "left"
