"""`CANARY_GO_DECISION.md`, and `summary.md` for the page of a pipeline step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from harness.evidence.document import covered, not_verified
from harness.model import Decision
from harness.scenario import parse_scenario
from reports import _view

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.evidence.facts import Bundle
    from harness.model import Finding, GateResult, Run
    from harness.scenario.schema import CanaryPhase

SUMMARY_MOST = 900_000
_TOP = 10
_ROLES = ("tech lead", "devops / SRE", "QA / security", "product")
_SPECIAL = re.compile(r"([\\`*\[\]<>|])")


def render(bundle: Bundle) -> Mapping[str, bytes]:
    """Return the decision document and the step summary, which stays below 900 kB."""
    run = bundle.run
    summary = "\n".join(_summary(run)).encode()
    return {"CANARY_GO_DECISION.md": "\n".join(_decision(bundle)).encode(), "summary.md": _cut(summary)}


def _decision(bundle: Bundle) -> Iterable[str]:
    run = bundle.run
    yield from (f"# {_view.headline(run)}", "", f"{_meaning(run)} {_view.summary(run)}", "")
    yield from _table(("", ""), _about(bundle))
    yield from (
        "",
        "## Reasons",
        "",
        *(f"{number}. {_safe(reason)}" for number, reason in enumerate(run.verdict.reasons, 1)),
        "",
    )
    yield from ("## Guardrails", "", *_gates(run.verdict.gates), "")
    yield from _findings(run.verdict.findings, len(run.verdict.findings))
    yield from _rollout(run)
    yield from ("## Not verified", "", *_open(run), "")
    yield from (
        "## Sign-offs",
        "",
        "None is recorded here: this document is part of what is signed. `harness inspect` lists the approvals added",
        "to the bundle, each with its role and key; `harness approve BUNDLE --role ROLE --key KEY` adds one.",
        "",
    )
    yield from _table(("Role", "Approval"), [(role, "not given when this was written") for role in _ROLES])
    yield ""


def _summary(run: Run) -> Iterable[str]:
    yield from (f"## {_view.headline(run)}: {_safe(run.target.base_url)}", "")
    yield from (*(f"- {_safe(reason)}" for reason in run.verdict.reasons[:_TOP]), "")
    yield from (*_gates(run.verdict.gates), "")
    yield from _findings(run.verdict.findings, _TOP)
    rows = not_verified(run.results)
    if rows:
        yield from (
            f"Not verified: {_view.count({row['check'] for row in rows}, 'check')}; see `CANARY_GO_DECISION.md`.",
            "",
        )
    yield f"Run `{run.id}`, seed `{run.seed}`. Repeat with `{run.command.replace('`', '')}`"
    yield ""


def _meaning(run: Run) -> str:
    return {
        Decision.GO: "This build may take real traffic, by the schedule below.",
        Decision.NO_GO: "This build must not take real traffic.",
        Decision.HOLD: "The evidence does not carry a decision: nothing is rolled out before it does.",
    }[run.verdict.decision]


def _about(bundle: Bundle) -> list[tuple[str, str]]:
    run = bundle.run
    version = ", ".join(f"{key} {value}" for key, value in (run.target.version or {}).items()) or str(
        run.facts.get("commit", "unknown")
    )
    return [
        ("Target", run.target.base_url),
        ("Build", version),
        ("OpenAPI document", f"sha256:{run.target.document_digest}" if run.target.document_digest else "none"),
        ("Scenario", f"{run.scenario_name} (sha256:{run.scenario_digest})"),
        ("Run", f"{run.id}, profile {run.profile}, seed {run.seed}"),
        ("When", f"{_view.moment(run.started)}, {_view.duration(run.ended - run.started)}"),
        ("Interrupted", run.interrupted or "no"),
        ("Signed by", f"{bundle.signer}, to be checked with harness inspect" if bundle.signer else "nobody"),
        ("Repeat with", run.command),
    ]


def _gates(gates: Sequence[GateResult]) -> Iterable[str]:
    head = ("", "Gate", "Rule", "Observed", "Interval", "n", "Why")
    return _table(
        head,
        [
            (
                f"{_view.SYMBOLS[gate.outcome]} {gate.outcome}",
                gate.gate.name,
                _view.rule(gate),
                _view.observed(gate),
                _view.interval(gate),
                _view.number(gate.n),
                gate.sentence,
            )
            for gate in gates
        ],
    )


def _findings(findings: Sequence[Finding], most: int) -> Iterable[str]:
    if not findings:
        return
    yield from (f"## {_view.count(findings, 'finding')}", "")
    for finding in findings[:most]:
        waiver = f" Waived until {finding.waiver.expires} by {finding.waiver.owner}." if finding.waiver else ""
        where = finding.observation.operation or finding.observation.subject
        said = _safe(finding.observation.sentence + waiver)
        yield f"- **{finding.id}** {finding.severity}, `{where.replace('`', '')}`: {said}"
    if len(findings) > most:
        yield f"- and {len(findings) - most} more in `report.html`"
    yield ""


def _rollout(run: Run) -> Iterable[str]:
    phases = parse_scenario(run.scenario_text, where="scenario.toml").canary
    yield from ("## Rollout", "")
    if not phases:
        yield from ("The scenario declares no canary phases (`[[canary]]`), so there is no schedule to follow.", "")
        return
    if run.verdict.decision is not Decision.GO:
        yield from (f"Not to be started: the decision is {run.verdict.decision}. Once it is GO:", "")
    rows = [_phase(number, phase) for number, phase in enumerate(phases, 1)]
    yield from _table(("Phase", "Share of traffic", "For", "Error budget", "Back when"), rows)
    yield from ("", "## Rollback", "")
    yield "As soon as a condition of the last column holds, the share goes back to 0 % and the phase counts as failed;"
    yield "an error budget is the number of failed requests a phase may see before that. After the cause is removed"
    yield "the rollout starts again at phase 1, with a new run."
    yield ""


def _phase(number: int, phase: CanaryPhase) -> tuple[str, ...]:
    budget = "none" if phase.error_budget is None else str(phase.error_budget)
    return str(number), f"{phase.share:g} %", _view.duration(phase.minutes * 60), budget, phase.rollback


def _open(run: Run) -> Iterable[str]:
    rows = not_verified(run.results)
    said = [str(sentence) for sentence in run.facts.get("not_verified", ())]
    reach = [f"Reach: {one}." for one in [covered(run.facts)] if one]
    if not rows and not said:
        return [*reach, "Every planned check came to an answer."]
    named = [f"- `{row['check']}`, {row['outcome']}{_qualified(row)}: {_safe(row['sentence'])}" for row in rows]
    return [*reach, *([""] if reach else []), *dict.fromkeys(named), *(f"- {_safe(sentence)}" for sentence in said)]


def _qualified(row: Mapping[str, Any]) -> str:
    reason = f" ({row['reason']})" if row["reason"] else ""
    return f"{reason}, required" if row["required"] else reason


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(_safe(cell) for cell in row) + " |"


def _safe(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _cut(data: bytes) -> bytes:
    if len(data) <= SUMMARY_MOST:
        return data
    return data[: SUMMARY_MOST - 100].decode("utf-8", "ignore").encode() + b"\n\n(cut: see report.html)\n"
