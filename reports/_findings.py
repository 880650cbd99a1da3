"""What the page shows of each finding, kept short enough for hundreds of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports._panes import curl, httpie, panes, pytest
from reports._view import steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.evidence.facts import Bundle
    from harness.model import Finding, Run

_ROOM = 500_000
_PANE_MOST, _PANE_LEAST = 1600, 160
_TABS_ROOM = 250_000


def findings(bundle: Bundle) -> list[dict[str, Any]]:
    """Return the view of each finding; bodies are cut, and tabs left out, where there are too many for one page."""
    run = bundle.run
    found = run.verdict.findings
    most = max(_PANE_LEAST, min(_PANE_MOST, _ROOM // (6 * max(len(found), 1))))
    room = _TABS_ROOM
    shown = []
    for finding in found:
        tabs = list(_tabs(run, finding))
        room -= sum(len(text) for _, text in tabs)
        shown.append(_view(run, finding, most, tabs if room > 0 else []))
    return shown


def _view(run: Run, finding: Finding, most: int, tabs: list[tuple[str, str]]) -> dict[str, Any]:
    observation = finding.observation
    return {
        "finding": finding,
        "panes": panes(run, finding, most=most),
        "tabs": tabs,
        "script": f"findings/{finding.id}.sh" if steps(run, finding) else None,
        "status": _status(run, finding),
        "search": f"{finding.id} {finding.check.id} {observation.operation} {observation.sentence}".lower(),
    }


def _status(run: Run, finding: Finding) -> str:
    """New or known, where a history was given; waived where a waiver lives."""
    if finding.waiver is not None:
        return f"waived until {finding.waiver.expires}"
    seen = run.facts.get("first_seen") or {}
    first = seen.get(finding.fingerprint) if isinstance(seen, dict) else None
    return f"known since {first}" if first else "new" if seen else ""


def _tabs(run: Run, finding: Finding) -> Iterator[tuple[str, str]]:
    shown = steps(run, finding)
    if shown:
        yield "curl", "\n".join(curl(run, exchange) for exchange in shown)
        yield "HTTPie", "\n".join(httpie(run, exchange) for exchange in shown)
        yield "pytest", pytest(run, finding)
