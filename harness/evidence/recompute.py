"""The verdict as it follows from what was recorded: the one way to it, for a run that ends and for an old bundle."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from harness.engine.judge import judge as decide
from harness.scenario import parse_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model import GateResult, Run, Verdict


def judge(run: Run) -> Verdict:
    """Return the verdict on `run` from its scenario, results, load and clean-up, whatever verdict it carries.

    The fact `load_offered` has a say (whether a load phase was asked for; by default whether one took place).
    Waivers live or expire on the day the run started, in UTC.

    Raises ConfigurationError when the scenario is none.
    """
    return decide(
        parse_scenario(run.scenario_text, where="scenario.toml"),
        profile=run.profile,
        results=run.results,
        load=run.load,
        load_offered=bool(run.facts.get("load_offered", run.load is not None)),
        cleanup=run.cleanup,
        interrupted=run.interrupted,
        today=datetime.fromtimestamp(run.started, UTC).date(),
    )


def differences(stated: Verdict, computed: Verdict) -> tuple[str, ...]:
    """Return in which points a stated verdict is not the computed one, one sentence each."""
    return tuple(_differences(stated, computed))


def _differences(stated: Verdict, computed: Verdict) -> Iterator[str]:
    if stated.decision is not computed.decision:
        yield f"it states {stated.decision}, the observations say {computed.decision}"
    if stated.waived != computed.waived:
        yield f"it states {stated.waived} waived findings, the observations and the scenario say {computed.waived}"
    said, found = ({gate.gate.name: gate for gate in verdict.gates} for verdict in (stated, computed))
    for name in dict.fromkeys([*said, *found]):
        if said.get(name) != found.get(name):
            yield f"gate {name}: it states {_show(said.get(name))}, the observations say {_show(found.get(name))}"
    before, after = ({finding.id: finding for finding in verdict.findings} for verdict in (stated, computed))
    for identifier in dict.fromkeys([*before, *after]):
        if before.get(identifier) != after.get(identifier):
            yield f"finding {identifier} is {_presence(identifier in before, identifier in after)}"
    if stated.reasons != computed.reasons:
        yield "its reasons are not those that follow"


def _show(result: GateResult | None) -> str:
    if result is None:
        return "nothing"
    return (
        f"{result.outcome} ({result.gate.comparison} {result.gate.limit:g}, observed {result.observed}, n={result.n})"
    )


def _presence(stated: bool, computed: bool) -> str:  # noqa: FBT001 - two sides of one comparison
    if stated and computed:
        return "stated otherwise than it follows"
    return "stated but does not follow" if stated else "missing, though it follows"
