"""What all trials share, and how a process that carries out some of them is told of it."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.calibrate.cases import Kind, subjects
from harness.calibrate.documents import fetch_document
from harness.calibrate.trial import Bench
from harness.engine.plan import every_check
from harness.registry import select
from harness.service import Service, generate, serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from harness.calibrate.cases import Case, Subject

MANY = 3
"""From how many cases on it pays to start a service that forks."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What to calibrate, and how thoroughly; `complete` says that it is all there is."""

    scenarios: tuple[Path, ...]
    quick: bool = False
    outside: Path | None = None
    only: tuple[str, ...] = ()
    jobs: int = 3
    complete: bool = False


@contextlib.asynccontextmanager
async def prepared(found: Sequence[Subject], cases: Sequence[Case], settings: Settings) -> AsyncIterator[Bench]:
    """Prepare what all trials share: documents for hollow targets, and services that fork where many are needed."""
    hollow = {case.subject for case in cases if case.kind is Kind.HOLLOW}
    forkable = Counter(case.subject for case in cases if case.kind not in {Kind.SOUND, Kind.HOLLOW})
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="harness-calibrate-")))
        forks: dict[str, Service] = {}
        for each in found:
            if each.service.forks and forkable[each.name] >= MANY:
                spec = each.service.model_copy(update={"command": [*each.service.command, "--forks"]})
                parent = serve(spec, folder=each.folder, generated=generate(spec))
                forks[each.name] = await stack.enter_async_context(parent)
        yield Bench(
            subjects={each.name: each for each in found},
            checks=every_check(),
            documents={each.name: await fetch_document(each, folder) for each in found if each.name in hollow},
            quick=settings.quick,
            outside=settings.outside,
            forks=forks,
        )


def told(bench: Bench) -> dict[str, Any]:
    """Return, for JSON, what another process needs to carry out trials on this bench: paths, and sockets of services.

    There are secrets in it, of services that were started for this calibration.
    """
    return {
        "scenarios": [str(each.path) for each in bench.subjects.values()],
        "checks": [check.id for check in bench.checks],
        "documents": {name: str(path) for name, path in bench.documents.items()},
        "quick": bench.quick,
        "outside": str(bench.outside) if bench.outside is not None else None,
        "forks": {
            name: {"url": each.url, "pid": each.pid, "generated": dict(each.generated)}
            for name, each in bench.forks.items()
        },
    }


def taken(said: Mapping[str, Any]) -> Bench:
    """Return the bench that another process has `told` of."""
    found = subjects([Path(each) for each in said["scenarios"]])
    return Bench(
        subjects={each.name: each for each in found},
        checks=select(every_check(), only=said["checks"]),
        documents={name: Path(path) for name, path in said["documents"].items()},
        quick=said["quick"],
        outside=Path(said["outside"]) if said["outside"] is not None else None,
        forks={name: Service(**each) for name, each in said["forks"].items()},
    )
