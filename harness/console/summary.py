"""The verdict on the terminal, read from the verified bundle: gates, findings, what is not verified, and files."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.markup import escape

from harness.console.progress import MARKS
from harness.evidence.document import covered, not_verified
from harness.gates import format_gate
from harness.model import FLAKY, Decision, Outcome
from reports._difference import difference

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from harness.engine import Options, Plan
    from harness.evidence.bundle import Bundle
    from harness.model import Finding, GateResult, Run

COLOURS = {Decision.GO: "green", Decision.NO_GO: "red", Decision.HOLD: "yellow"}
SEVERITY = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}
MOST, MOST_NAMES, OF_EACH = 20, 4, 3
REASONS = 5


def show_verdict(console: Console, bundle: Bundle, folder: Path) -> None:
    """Print everything a person needs to act on the verdict."""
    run = bundle.run
    _gates(console, run)
    _findings(console, bundle, folder)
    _not_verified(console, run)
    _decision(console, run)
    if "reports-not-written.txt" in bundle.files:
        console.print("[red]some reports could not be written:[/] see reports-not-written.txt in the bundle")
    left = [item for item in run.cleanup if item.outcome == "left"]
    if left:
        console.print(f"cleanup    {len(left)} objects were left behind: harness sweep {folder}")
    seed = "" if "--seed" in run.command else f" --seed {run.seed}"
    console.print(f"repeat     {escape(run.command)}{seed}")
    signer = bundle.signer or "nobody"
    console.print(f"evidence   {folder}/   report.html   signed by {signer}   verify with: harness inspect {folder}")


def show_plan(console: Console, plan: Plan, options: Options) -> None:
    """Print what would run, and what would not, and why."""
    console.print(f"[bold]plan[/] for {escape(options.url)}: {len(plan.checks)} checks; nothing was sent")
    for check in plan.checks:
        console.print(f"  {check.id:<40} {escape(check.title)}")
    for result in plan.not_run:
        console.print(f"  [dim]{result.check.id:<40} {escape(result.observations[0].sentence)}[/]")


def _gates(console: Console, run: Run) -> None:
    console.print("\n[bold]GATES[/]")
    width = max((len(_rule(each)) for each in run.verdict.gates), default=0)
    for each in run.verdict.gates:
        console.print(f"  {MARKS[each.outcome]} {escape(_rule(each)):<{width}}   {escape(each.sentence)}")


def _rule(result: GateResult) -> str:
    return format_gate(result.gate)


def _findings(console: Console, bundle: Bundle, folder: Path) -> None:
    findings = bundle.run.verdict.findings
    counted = _counted(bundle)
    if counted:
        console.print(f"\n[bold]FINDINGS[/]  {', '.join(counted)}")
    shown = _few_of_each(findings)
    for finding in shown:
        _finding(console, finding, folder)
    if len(findings) > len(shown):
        left = Counter(finding.check.id for finding in findings) - Counter(finding.check.id for finding in shown)
        names = ", ".join(f"{name} {count}" for name, count in left.most_common(MOST_NAMES))
        console.print(f"  and {len(findings) - len(shown)} more ({names}), see {folder}/report.html")


def _few_of_each(findings: Sequence[Finding]) -> list[Finding]:
    """Return the gravest findings, a few of each check: one mistake may show on every operation."""
    shown: dict[str, list[Finding]] = {}
    for finding in findings:
        shown.setdefault(finding.check.id, []).append(finding)
    kept = {id(finding) for own in shown.values() for finding in own[:OF_EACH]}
    return [finding for finding in findings if id(finding) in kept][:MOST]


def _counted(bundle: Bundle) -> list[str]:
    """Return how many findings there are; against the run before, where there was one."""
    findings, since = bundle.run.verdict.findings, difference(bundle)
    flaky = sum(seen.reason == FLAKY for result in bundle.run.results for seen in result.observations)
    waived = sum(finding.waiver is not None for finding in findings)
    rest = [f"{count} {word}" for count, word in ((waived, "waived"), (flaky, "flaky")) if count]
    if since is None:
        return [str(len(findings)), *rest] if findings or rest else []
    lost = [f"{len(since.unknown)} not looked at again"] if since.unknown else []
    told = [f"{len(since.new)} new", f"{len(since.fixed)} fixed", f"{len(since.known)} known", *lost, *rest]
    return told if findings or since.fixed or lost or rest else []


def _finding(console: Console, finding: Finding, folder: Path) -> None:
    colour = SEVERITY[finding.severity.value]
    sentence = escape(finding.observation.sentence)
    console.print(f"  [bold]{finding.id}[/]  [{colour}]{finding.severity.value}[/]  {sentence}")
    if finding.waiver is not None:
        waiver = finding.waiver
        console.print(f"     waived until {waiver.expires} by {escape(waiver.owner)}: {escape(waiver.reason)}")
    script = folder / "findings" / f"{finding.id}.sh"
    if script.exists():
        console.print(f'     steps in {script}   (first: eval "$(harness env {folder})")')
    console.print(f"     harness replay {folder} {finding.id}      harness explain {finding.check.id}")


def _not_verified(console: Console, run: Run) -> None:
    rows = not_verified(run.results)
    untouched = [str(sentence) for sentence in run.facts.get("not_verified", ())]
    if (reach := covered(run.facts)) is not None:
        console.print(f"\n[bold]REACH[/]  {escape(reach)}")
    if not rows and not untouched:
        return
    grouped: dict[str, list[str]] = {}
    for row in rows:
        grouped.setdefault(str(row["sentence"]), []).append(str(row["check"]))
    console.print(f"\n[bold]NOT VERIFIED[/]  {len(rows) + len(untouched)}")
    for sentence, checks in list(grouped.items())[:MOST]:
        console.print(f"  [dim]{escape(_some(list(dict.fromkeys(checks))))}: {escape(sentence)}[/]")
    for sentence in untouched[:MOST]:
        console.print(f"  [dim]{escape(sentence)}[/]")
    if (more := max(0, len(grouped) - MOST) + max(0, len(untouched) - MOST)) > 0:
        console.print(f"  [dim]and {more} more, see the report[/]")


def _some(names: list[str]) -> str:
    """Return names for one line: the first few, and how many more there are."""
    shown = ", ".join(names[:MOST_NAMES])
    return f"{shown} and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else shown


def _decision(console: Console, run: Run) -> None:
    verdict = run.verdict
    failed = sum(gate.outcome is Outcome.FAILED for gate in verdict.gates)
    open_ = sum(gate.outcome in {Outcome.INCONCLUSIVE, Outcome.ERROR} for gate in verdict.gates)
    waived = f" ({verdict.waived} waived)" if verdict.waived and verdict.decision is Decision.GO else ""
    counts = f"   ({failed} gates failed, {open_} inconclusive)" if failed or open_ else ""
    colour = COLOURS[verdict.decision]
    decision = f"[bold {colour}]{verdict.decision.value}[/]"
    console.print(f"\n[bold]VERDICT[/]  {decision}{waived}{counts}   exit {run.exit_code}")
    for reason in verdict.reasons[:REASONS]:
        console.print(f"  {escape(reason)}")
    if len(verdict.reasons) > REASONS:
        console.print(f"  and {len(verdict.reasons) - REASONS} more reasons, see CANARY_GO_DECISION.md")
    console.print()
