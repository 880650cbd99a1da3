"""A target whose pool is too small: it answers few requests at once, and nothing for a while after many."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from harness import engine
from harness.calibrate.changes import hasten
from harness.engine.easing import AT_ONCE, IN_A_ROW, KNOWN, Strain
from harness.model import Outcome
from harness.policy import Origin
from harness.transport import RawTransport
from tests.harness.bench import options
from tests.harness.checks.bench import exchange
from tests.harness.notebook import Notebook

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from tests.targets.common.running import Stage

ENOUGH, STUCK, WORK = 4, 4.0, 0.02
FAMILIES = ("isolation",)


@dataclass(kw_only=True)
class Narrow(Notebook):
    """Answers nobody for four seconds once more than four requests are there at once."""

    at_once: int = 0
    until: float = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, maybe, then answer."""
        self.at_once += 1
        try:
            if self.at_once > ENOUGH:
                self.until = time.monotonic() + STUCK
            await asyncio.sleep(max(WORK, self.until - time.monotonic()))
            await super().__call__(scope, receive, send)
        finally:
            self.at_once -= 1


async def test_what_got_no_answer_is_run_again_a_few_requests_at_a_time(theatre: Stage) -> None:
    """Isolation is verified as on a target that answers many at once, and the timeline says what happened."""
    narrow, wide = Narrow(), Notebook()
    strained = await engine.verify(options(theatre.show(narrow), narrow, only=FAMILIES, tamper=hasten))
    usual = await engine.verify(options(theatre.show(wide), wide, only=FAMILIES))
    passed = [{each.check.id for each in run.results if each.outcome is Outcome.PASSED} for run in (strained, usual)]
    assert len(passed[1]) > 10
    assert passed[1] - passed[0] == set()
    assert any(step.phase == "ease" for step in strained.timeline)
    assert not any(step.phase == "ease" for step in usual.timeline)


class Session:
    """As much of a session as eases a client."""

    def __init__(self) -> None:
        self.client, self.eased = self, list[int]()

    def ease(self, at_once: int) -> None:
        """Note it."""
        self.eased.append(at_once)


@pytest.mark.parametrize(
    ("answered", "errors", "eased"),
    [
        (KNOWN, ["timeout: x"] * IN_A_ROW, [AT_ONCE]),
        (KNOWN, ["timeout: x"] * (2 * IN_A_ROW), [AT_ONCE]),
        (KNOWN, ["timeout: x"] * (IN_A_ROW - 1), []),
        (KNOWN, ["reset: x"] * (2 * IN_A_ROW), []),
        (KNOWN - 1, ["timeout: x"] * (2 * IN_A_ROW), []),
        (KNOWN, [*["timeout: x"] * (IN_A_ROW - 1), None, "timeout: x"], []),
    ],
)
def test_only_a_row_of_time_outs_of_a_target_that_answers_is_strain(
    answered: int, errors: list[str | None], eased: list[int]
) -> None:
    """An answer ends the row; a target that never answered is asked as before."""
    session = Session()
    strain = Strain(session)  # type: ignore[arg-type]  # it eases a client, and asks for nothing else
    for error in [None] * answered + errors:
        strain.see(replace(exchange(), response=None, error=error) if error else exchange())
    assert session.eased == eased
    assert strain.eased is bool(eased)


async def test_a_burst_is_sent_in_parts_once_it_is_eased(theatre: Stage) -> None:
    """All of them are answered, in their order, few at one moment."""
    notebook = Narrow()
    url = theatre.show(notebook)
    raw = RawTransport(Origin.parse(url))
    raw.ease(2)
    payloads = [
        (f"GET /{number} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode(), "GET") for number in range(5)
    ]
    answers = await raw.burst(payloads, timeout=5.0)
    await raw.aclose()
    assert len(answers) == len(payloads)
    assert sorted(notebook.asked) == [f"GET /{number}" for number in range(5)]
    assert notebook.asked[:2] != notebook.asked[2:4]
