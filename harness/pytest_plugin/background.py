"""One run of the engine in a thread of its own, whose results the items of pytest await."""

from __future__ import annotations

import asyncio
import threading
import warnings
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from harness import engine
from harness.commands.verify import prepared, publish
from harness.expect import inconclusive
from harness.model import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from harness.commands.starting import VerifyRequest
    from harness.model import Check, Exchange, Run


class Background:
    """A run that begins with the first question for a result, and can be told to end early."""

    def __init__(self, request: VerifyRequest, checks: Sequence[Check]) -> None:
        self._request = request
        self._awaited: dict[str, Future[tuple[Result, tuple[Exchange, ...]]]] = {each.id: Future() for each in checks}
        self.checks = checks
        self._thread = threading.Thread(target=self._main, name="harness")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._redact: Callable[[str], str] = str
        self.run: Run | None = None
        self.bundle: Path | None = None

    def result(self, check: Check) -> tuple[Result, tuple[Exchange, ...]]:
        """Wait for the result of a check, and return it with its exchanges; raises what kept the run from it."""
        if self._thread.ident is None:
            self._thread.start()
        return self._awaited[check.id].result()

    def finish(self) -> None:
        """Wait until the bundle is written; a run with results still to come is interrupted, and cleans up."""
        if self._thread.ident is None:
            return
        if not all(each.done() for each in self._awaited.values()) and self._loop and self._task:
            self._loop.call_soon_threadsafe(self._task.cancel)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._thread.join()

    def _main(self) -> None:
        try:
            asyncio.run(self._carry_out())
        except BaseException as error:  # noqa: BLE001 -- told to every item that waits
            self._settle(error)
        else:
            self._settle(None)

    async def _carry_out(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        async with prepared(self._request) as (options, key):
            self._redact = options.redactor.text
            self.run = await engine.verify(replace(options, on_result=self._arrived))
        self.bundle = publish(self.run, self._request, options, key).folder

    def _arrived(self, result: Result, exchanges: tuple[Exchange, ...]) -> None:
        future = self._awaited.get(result.check.id)
        if future is not None and not future.done():
            future.set_result((_without_secrets(result, self._redact), exchanges))

    def _settle(self, error: BaseException | None) -> None:
        """Answer those who still wait: with the error, else with why the run ended before their check."""
        for check in self.checks:
            if error is not None and not self._awaited[check.id].done():
                self._awaited[check.id].set_exception(error)
            reasons = self.run.verdict.reasons if self.run else ()
            sentence = f"did not run: {reasons[0] if reasons else 'the run ended before it'}"
            self._arrived(Result(check=check, observations=(inconclusive(check.id, "not-run", sentence),)), ())


def _without_secrets(result: Result, redact: Callable[[str], str]) -> Result:
    """What is shown at once is as clean as what is written afterwards."""
    seen = tuple(replace(each, sentence=redact(each.sentence)) for each in result.observations)
    return replace(result, observations=seen, error=None if result.error is None else redact(result.error))
