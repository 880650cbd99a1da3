"""Few false alarms: what a probe found is proof, or comes back in a second run of the probe, or stays open.

One user's marker in what another was sent is proof, once is enough: nobody knows that word by accident. Whatever else a
probe has found is inferred from answers, and these may be disturbed by chance. The probe then runs a second time, with
fresh users where there can be any and with objects of its own: what comes back is reported, what does not is
INCONCLUSIVE(flaky), neither a finding nor a pass.

Where a quota does not allow the second run, the finding stands and says so: a finding with a caveat can be looked into,
and users with a small quota would otherwise be the surest way to hide one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.engine.probe import run_probe
from harness.model import FLAKY, Basis, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.lab import Session
    from harness.model import Observation, Result

Thing = tuple[str, str | None]
UNAFFORDABLE = frozenset({"quota", "budget"})


async def confirmed(first: Result, session: Session, *, until_found: bool = False) -> Result:
    """Return the result of a probe as it may be reported, after a second run of it where one is called for.

    With `until_found` that one ends as soon as something comes back.
    """
    first = weighed(first, session)
    if not any(map(_inferred, first.observations)):
        return first
    if first.check.needs.drains and not session.introductions.fresh:
        return unconfirmed(first, "quota")
    found = {_thing(each) for each in first.observations if _inferred(each)}

    def enough(seen: Observation) -> bool:
        return until_found and is_finding(seen) and _thing(seen) in found

    return agreed(first, weighed(await run_probe(first.check, session, turn=2, enough=enough), session))


def is_finding(observation: Observation) -> bool:
    """Whether something was found."""
    return observation.outcome is Outcome.FAILED


def weighed(result: Result, session: Session) -> Result:
    """Return the result in which the failures that a foreign marker shows are marked as proved."""
    seen = (replace(each, basis=Basis.PROOF) if _shown(each, session) else each for each in result.observations)
    return replace(result, observations=tuple(seen))


def _shown(observation: Observation, session: Session) -> bool:
    """Whether one of its exchanges brought somebody what only another user ever sends."""
    if observation.outcome is not Outcome.FAILED:
        return False
    kept = session.client.recorder.exchanges
    shown = (kept[name] for name in observation.exchanges if name in kept)
    return any(session.markers.held(exchange)[1] for exchange in shown if exchange.forged is None)


def unconfirmed(first: Result, reason: str) -> Result:
    """Return the result whose inferred failures say why they were seen once only."""
    seen = (_once(each, reason) if _inferred(each) else each for each in first.observations)
    return replace(first, observations=tuple(seen))


def agreed(first: Result, second: Result) -> Result:
    """Return what two runs of one probe come to: what both found, and what only one of them has."""
    again = _told(second)
    short = next((each.reason for each in second.observations if each.reason in UNAFFORDABLE), None)
    settled = [
        _settled(each, again.get(_thing(each)), short) if _inferred(each) else each for each in first.observations
    ]
    return replace(
        first,
        observations=(*settled, *_only(second, _told(first))),
        seconds=first.seconds + second.seconds,
        requests=max(first.requests, second.requests),  # counted by check, so the second number holds the first
    )


def _settled(seen: Observation, again: Observation | None, short: str | None) -> Observation:
    if again is not None and again.outcome is Outcome.FAILED:
        return replace(seen, basis=Basis.REPEATED)
    if short is not None and (again is None or again.outcome is not Outcome.PASSED):
        return _once(seen, short)
    return _flaky(seen, again)


def _only(second: Result, known: dict[Thing, Observation]) -> Iterator[Observation]:
    """Yield what the second run alone has found: reported where it is proof, else open."""
    for seen in second.observations:
        before = known.get(_thing(seen))
        if seen.outcome is Outcome.FAILED and (before is None or before.outcome is not Outcome.FAILED):
            yield _flaky(seen, before) if _inferred(seen) else seen


def _told(result: Result) -> dict[Thing, Observation]:
    """Return what a run said of each thing, the worst where it said several."""
    ranked = sorted(result.observations, key=lambda each: each.outcome is Outcome.FAILED)
    return {_thing(each): each for each in ranked}


def _thing(observation: Observation) -> Thing:
    """Return what two runs speak of: whom a race or a shared quota hits differs from run to run."""
    return observation.subject, observation.operation


def _inferred(observation: Observation) -> bool:
    return observation.outcome is Outcome.FAILED and observation.basis is None


def _once(seen: Observation, reason: str) -> Observation:
    return replace(seen, basis=Basis.ONCE, sentence=f"{seen.sentence} (not confirmed: {reason})")


def _flaky(seen: Observation, other: Observation | None) -> Observation:
    rest = f", in the other {other.sentence}" if other is not None else ""
    sentence = f"in one of two runs {seen.sentence}{rest}"
    exchanges = tuple(dict.fromkeys([*seen.exchanges, *(other.exchanges if other is not None else ())]))
    return replace(seen, outcome=Outcome.INCONCLUSIVE, reason=FLAKY, sentence=sentence, exchanges=exchanges)
