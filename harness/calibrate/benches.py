"""What is asked of a calibration, and what all its trials share."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from harness.calibrate.cases import Kind
from harness.calibrate.documents import fetch_document
from harness.calibrate.trial import Bench
from harness.engine.plan import every_check
from harness.service import generate, serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence

    from harness.calibrate.cases import Case, Subject
    from harness.calibrate.choice import Extent
    from harness.service import Service

T = TypeVar("T")
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
async def prepared(
    found: Sequence[Subject], cases: Sequence[Case], settings: Settings, extent: Extent
) -> AsyncIterator[Bench]:
    """Prepare what all trials share: documents for hollow targets, and services that fork where many are needed."""
    hollow = {case.subject for case in cases if case.kind is Kind.HOLLOW}
    forkable = Counter(case.subject for case in cases if case.kind not in {Kind.SOUND, Kind.HOLLOW})
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="harness-calibrate-")))
        forking = [each for each in found if each.service.forks and forkable[each.name] >= MANY]
        parents = await _all_of(stack.enter_async_context(_forking(each)) for each in forking)
        imitated = [each for each in found if each.name in hollow]
        documents = await _all_of(fetch_document(each, folder) for each in imitated)
        yield Bench(
            subjects={each.name: each for each in found},
            checks=every_check(),
            documents={each.name: path for each, path in zip(imitated, documents, strict=True)},
            extent=extent,
            outside=settings.outside,
            forks={each.name: parent for each, parent in zip(forking, parents, strict=True)},
        )


def _forking(subject: Subject) -> contextlib.AbstractAsyncContextManager[Service]:
    spec = subject.service.model_copy(update={"command": [*subject.service.command, "--forks"]})
    return serve(spec, folder=subject.folder, generated=generate(spec))


async def _all_of(starting: Iterable[Awaitable[T]]) -> list[T]:
    """Return what all of them return; where one fails, raise its error once the others have ended: none is left."""
    ended = await asyncio.gather(*starting, return_exceptions=True)
    for each in ended:
        if isinstance(each, BaseException):
            raise each
    return [each for each in ended if not isinstance(each, BaseException)]
