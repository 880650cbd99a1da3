"""One fuzz run: Schemathesis as a child process, whose only way to the target is the gateway."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from harness.fuzz.child import OUTPUT, run_child
from harness.fuzz.findings import FuzzError, FuzzRun, Tally
from harness.fuzz.report import Report
from harness.fuzz.routes import Routes
from harness.fuzz.settings import EVENTS, environment, handle_headers, write_settings
from harness.gateway import gateway, new_handle

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from harness.client import Client
    from harness.gateway import Gateway
    from harness.model import Identity, Request
    from harness.openapi import Document
    from harness.scenario.schema import FuzzSpec

PHASE = "fuzz"
CASE_HEADER = "X-Schemathesis-TestCaseId"
ENDED = frozenset({0, 1})  # nothing found, something found


async def fuzz(
    client: Client,
    document: Document,
    identity: Identity,
    spec: FuzzSpec,
    *,
    seed: int,
    seconds: float = 300.0,
    brief: bool = False,
    exclude: Collection[str] = (),
    values: Mapping[str, Mapping[str, Sequence[str | int]]] | None = None,
    on_progress: Callable[[int], None] = lambda _cases: None,
) -> FuzzRun:
    """Fuzz the operations of `document` as `identity` for at most `seconds`; `brief` leaves out chains of operations.

    `exclude` are ids of operations never to be called, beside those of `spec`. `values` are existing values by
    operation id and parameter ("id", or "body.thing_id" and the like), so that reads and deletes meet something.
    `on_progress` is told the number of requests so far. Raises ConfigurationError for values of unknown operations.
    """
    excluded = frozenset(exclude) | frozenset(spec.exclude)
    if all(operation.id in excluded for operation in document.operations):
        return FuzzRun(seed=seed, completed=True, cases=0, excluded=excluded)
    handle = new_handle()
    with tempfile.TemporaryDirectory(prefix="harness-fuzz-") as name:
        folder = Path(name)
        async with gateway(
            client,
            {handle: identity},
            phase=PHASE,
            operation_of=Routes(document.operations).find,
            refuse=lambda request: _reason(request, excluded),
            correlation=CASE_HEADER,
        ) as opened:
            command = write_settings(
                folder,
                document,
                url=opened.url,
                seed=seed,
                cases=spec.cases,
                headers=handle_headers(identity, handle),
                exclude=excluded,
                values=values or {},
                brief=brief,
            )
            code, stopped = await run_child(
                command,
                folder=folder,
                environment=environment(folder),
                seconds=seconds,
                stop=opened.exhausted,
                on_tick=lambda: on_progress(opened.counts["forwarded"]),
            )
        return _result(folder, opened, document, seed, excluded, code=code, stopped=stopped)


def _reason(request: Request, excluded: frozenset[str]) -> str | None:
    return f"{request.operation} is excluded" if request.operation in excluded else None


def _result(
    folder: Path,
    opened: Gateway,
    document: Document,
    seed: int,
    excluded: frozenset[str],
    *,
    code: int,
    stopped: str | None,
) -> FuzzRun:
    exchanges = opened.client.recorder.exchanges
    sent_to = {name: exchanges[name].request.operation for names in opened.correlated.values() for name in names}
    report = Report(document=document, exchanges=opened.correlated, sent_to=sent_to)
    if (folder / EVENTS).exists():
        report.read(folder / EVENTS)
    if stopped is None and code not in ENDED:
        said = (folder / OUTPUT).read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
        report.errors.append(
            FuzzError(operation=None, message=f"it ended with code {code}, saying: {said.strip('= ')}")
        )
    return FuzzRun(
        seed=seed,
        completed=stopped is None and code in ENDED and report.sound,
        cases=opened.counts["forwarded"],
        findings=tuple(report.findings.values()),
        per_operation={operation: Tally(dict(statuses)) for operation, statuses in opened.statuses.items()},
        phases=report.phases,
        errors=tuple(report.errors),
        excluded=excluded,
        stopped=stopped,
        refused=opened.counts["refused"],
    )
