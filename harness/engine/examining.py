"""Running probes: beside each other, twice where one run is no proof, and again where nobody answered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.engine import preflight
from harness.engine.confirming import confirmed, is_finding, unconfirmed, weighed
from harness.engine.easing import AT_ONCE, went_unanswered
from harness.engine.probe import run_probe
from harness.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.engine.conduct import Conduct
    from harness.model import Check, Result


async def together(
    conduct: Conduct, checks: Sequence[Check], *, at_once: int, unanswered: list[Result] | None = None
) -> None:
    """Run probes beside each other; what got no answer joins the `unanswered`, if there is such a list."""
    slots = asyncio.Semaphore(at_once)

    async def one(check: Check) -> None:
        async with slots:
            await examine(conduct, check, unanswered)

    async with asyncio.TaskGroup() as group:
        for check in checks:
            group.create_task(one(check))


async def examine(conduct: Conduct, check: Check, unanswered: list[Result] | None = None) -> None:
    """Run a probe, and a second time what is no proof; an interruption of that does not lose what was found."""
    brief = conduct.options.until_found
    if brief and any(result.outcome is Outcome.FAILED for result in conduct.results):
        return
    first = await run_probe(check, conduct.session, enough=lambda seen: brief and is_finding(seen))
    try:
        result = await confirmed(first, conduct.session, until_found=brief)
    except asyncio.CancelledError:
        conduct.add(unconfirmed(weighed(first, conduct.session), "interrupted"))
        raise
    if unanswered is not None and went_unanswered(result, conduct.session.client.recorder.exchanges):
        unanswered.append(result)
    else:
        conduct.add(result)


async def try_again(conduct: Conduct, unanswered: list[Result]) -> None:
    """Run once more, few requests at a time, what got no answer while the target was asked too much at once."""
    sentence = f"the target stopped answering; {len(unanswered)} checks are run again, {AT_ONCE} requests at a time"
    conduct.say("ease", sentence)
    await preflight.wait_until_ready(conduct.session.client, conduct.options.scenario)
    while unanswered:
        await examine(conduct, unanswered.pop(0).check)
