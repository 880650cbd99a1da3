"""`harness verify` from the first request on: run, write the bundle, show the verdict."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import uuid
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import reports
from harness import engine, registry
from harness.commands import starting, target
from harness.commands.extras import extra_files
from harness.commands.infer import BLANK, NoDocument, infer_scenario
from harness.console import Progress, show_plan, show_verdict
from harness.engine.plan import every_check
from harness.errors import ConfigurationError
from harness.evidence import history, keys
from harness.evidence.bundle import write_bundle
from harness.evidence.facts import VERDICT
from harness.evidence.redact import Redactor
from harness.scenario import write_scenario
from harness.scenario.schema import TargetSpec
from harness.state import state_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from harness.commands.starting import Started, VerifyRequest
    from harness.evidence.bundle import Written
    from harness.model import Run
    from harness.service import Service

PROFILES = ("quick", "ci", "full")


async def carry_out(request: VerifyRequest, started: Started | None) -> int:
    """Carry out one verification, of a service that runs already or of the URL; return its exit code."""
    async with prepared(request, started) as (options, key):
        progress = Progress(json=request.json)
        options = replace(options, progress=progress)  # noqa: PLW2901 -- the same run, with somebody who looks on
        if request.dry_run:
            show_plan(progress.console, engine.dry_run(options), options)
            return 0
        progress.head(options, version("harness-verify"))
        try:
            run = await engine.verify(options)
        finally:
            progress.done()
    writing = asyncio.create_task(asyncio.to_thread(publish, run, request, options, key))
    if started is not None:
        await started.stop()
    written = await writing
    show_verdict(progress.console, written.bundle, written.folder)
    if request.json:
        sys.stdout.write((written.folder / VERDICT).read_text(encoding="utf-8"))
    return run.exit_code


@contextlib.asynccontextmanager
async def prepared(
    request: VerifyRequest, started: Started | None = None
) -> AsyncIterator[tuple[engine.Options, Ed25519PrivateKey]]:
    """Open what was asked for: the target, started where that is wanted, the options of its run, and the key.

    Raises ConfigurationError before the first request.
    """
    if request.profile not in PROFILES:
        message = f"--profile {request.profile}: expected one of {', '.join(PROFILES)}"
        raise ConfigurationError(message)
    # What is wrong with the command line is said before anything is asked.
    target.with_given(target.Known(scenario=BLANK, text="", folder=Path()), request.users, request.auth)
    registry.select(every_check(), only=request.only, skip=request.skip)
    key = keys.signing_key(request.key, state=state_folder())
    request.artifacts.mkdir(parents=True, exist_ok=True)
    known = await _known(request) if started is None else started.known
    engine.parsed_gates(known.scenario, request.profile)
    async with contextlib.AsyncExitStack() as stack:
        if request.serve and started is None:
            started = await stack.enter_async_context(starting.started(request))
        service = started.service if started is not None else None
        url = service.url if service is not None else target.url_of(request.url, known.scenario)
        yield _options(request, known, url, service), key


def publish(run: Run, request: VerifyRequest, options: engine.Options, key: Ed25519PrivateKey) -> Written:
    """Write the bundle of a run with all reports, and keep in the history what it found."""
    kept = history.record(run, served=request.serve, partial=bool(request.only or request.skip))
    previous = history.before(history.past(state_folder()), kept["subject"])
    written = write_bundle(
        run,
        request.artifacts,
        redactor=options.redactor,
        key=key,
        extra_files=extra_files(run, options.scenario, options.folder, previous),
        renderers=reports.renderers(),
    )
    history.append(state_folder(), json.loads(options.redactor.text(json.dumps(kept))))
    return written


async def _known(request: VerifyRequest) -> target.Known:
    """Return the scenario that was given, or the one that the target's document suggests."""
    if request.scenario is not None or request.url is None:
        known = target.load(request.scenario)
        return target.with_given(known, request.users, request.auth)
    folder = Path.cwd()
    try:
        found = await infer_scenario(
            request.url,
            folder,
            document=request.document,
            given=lambda scenario: target.with_sources(scenario, request.users, request.auth),
            tries="read-only" not in request.allowed and not request.dry_run,
        )
    except NoDocument as missing:  # the run says so again, with its evidence
        sys.stderr.write(f"{missing}\n")
        blank = BLANK.model_copy(update={"target": TargetSpec(document=request.document or TargetSpec().document)})
        return target.with_given(
            target.Known(scenario=blank, text=write_scenario(blank), folder=folder), request.users, request.auth
        )
    understood = f"{found.understood} of {found.operations} operations understood"
    sys.stderr.write(f"inferred a scenario: {understood} (harness init writes it to a file)\n")
    known = target.Known(scenario=found.scenario, text=found.text, folder=folder, unclear=found.unclear)
    return target.with_given(known, request.users, request.auth)


def _options(request: VerifyRequest, known: target.Known, url: str, service: Service | None) -> engine.Options:
    redactor = Redactor()
    generated = dict(service.generated) if service else {}
    for name, secret in generated.items():
        redactor.add(secret, f"the secret {name}")
    run_id = uuid.uuid4().hex[:8]
    return engine.Options(
        url=url,
        scenario=known.scenario,
        scenario_text=known.text,
        folder=known.folder,
        redactor=redactor,
        run_id=run_id,
        seed=request.seed,
        profile=request.profile,
        command=request.command,
        only=request.only,
        skip=request.skip,
        allowed=request.allowed,
        journal=request.artifacts / run_id / "journal.jsonl",
        generated=generated,
        service=service,
        issuer=service.issuer if service else None,
        users=dict(known.scenario.users.tokens) if request.users or request.auth else {},
        unclear=known.unclear,
    )


__all__ = ["carry_out", "prepared", "publish"]
