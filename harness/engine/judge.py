"""From results to the verdict, by the gates of the scenario; used by a run, and by whoever inspects its bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.gates import default_gates, evaluate, parse_gate
from harness.model import Gate, Waiver
from harness.verdict import decide, find, waived

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from harness.model import Cleanup, LoadRun, Result, Verdict
    from harness.scenario import Scenario


def parsed_gates(scenario: Scenario, profile: str) -> tuple[Gate, ...]:
    """Return the default gates, each replaced where the scenario has one of the same metric.

    Raises ConfigurationError for a line that is no gate.
    """
    own = {gate.metric: gate for gate in map(parse_gate, scenario.gates)}
    defaults = default_gates(profile)
    known = {gate.metric for gate in defaults}
    return (
        *(own.get(gate.metric, gate) for gate in defaults),
        *(gate for metric, gate in own.items() if metric not in known),
    )


def judge(
    scenario: Scenario,
    *,
    profile: str,
    results: Sequence[Result],
    load: LoadRun | None,
    load_offered: bool,
    cleanup: Sequence[Cleanup],
    interrupted: str | None,
    today: dt.date,
) -> Verdict:
    """Return the verdict; a pure function of what a bundle holds."""
    waivers = [Waiver(**each.model_dump()) for each in scenario.waivers]
    findings = find(results, waivers, today)
    gates = evaluate(
        parsed_gates(scenario, profile),
        results=results,
        load=load,
        load_offered=load_offered,
        cleanup=cleanup,
        waived=waived(findings),
        blocks=profile != "quick",
    )
    return decide(gates=gates, results=results, findings=findings, interrupted=interrupted)
