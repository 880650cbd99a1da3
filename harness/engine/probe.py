"""Running one check so that whatever happens to it stays its own."""

from __future__ import annotations

import asyncio
import random
import time
import traceback
from typing import TYPE_CHECKING

from harness.client import phase
from harness.errors import BudgetExhausted, OutOfScope
from harness.expect import inconclusive
from harness.lab import Inconclusive, Lab
from harness.model import Check, Observation, Result

if TYPE_CHECKING:
    from harness.lab import Session

DEADLINE = 180.0


async def run_probe(check: Check, session: Session, *, deadline: float = DEADLINE) -> Result:
    """Run a probe; a control that does not hold, a time-out or a bug ends only this check, and is told."""
    token = phase.set(check.id)
    started = time.monotonic()
    observations: list[Observation] = []
    error: str | None = None
    lab = Lab(session=session, check_id=check.id, random=random.Random(f"{session.seed}:{check.id}"))
    try:
        async with asyncio.timeout(deadline):
            assert check.run is not None  # noqa: S101 -- the plan has only probes here
            async for observation in check.run(lab):
                observations.append(observation)  # noqa: PERF401 -- what was seen before an exception counts
    except Inconclusive as stop:
        observations.append(_stopped(check, stop.reason, stop.sentence, stop.exchanges))
    except (BudgetExhausted, OutOfScope) as stop:
        observations.append(
            _stopped(check, "budget" if isinstance(stop, BudgetExhausted) else "out-of-scope", str(stop))
        )
    except TimeoutError:
        observations.append(_stopped(check, "timeout", f"not finished within {deadline:g} s"))
    except Exception as broken:  # noqa: BLE001 -- a broken check is one ERROR, never a lost run
        place = traceback.extract_tb(broken.__traceback__)[-1]
        error = f"{type(broken).__name__}: {broken} (in {place.name}, line {place.lineno})"
    finally:
        phase.reset(token)
    if not observations and error is None:
        observations.append(_stopped(check, "nothing-observed", "the check ran and found nothing that it could judge"))
    return Result(
        check=check,
        observations=tuple(observations),
        error=error,
        seconds=time.monotonic() - started,
        requests=session.client.recorder.count(check.id),
    )


def _stopped(check: Check, reason: str, sentence: str, exchanges: tuple[str, ...] = ()) -> Observation:
    stopped = inconclusive(check.id, reason, sentence)
    return Observation(
        subject=stopped.subject, outcome=stopped.outcome, sentence=sentence, reason=reason, exchanges=exchanges
    )
