"""What the page shows of each finding, kept short enough for hundreds of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.model import Basis
from reports._difference import difference
from reports._panes import curl, httpie, panes, pytest
from reports._view import steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.evidence.facts import Bundle
    from harness.model import Finding, Run
    from reports._difference import Difference

_ROOM = 500_000
_PANE_MOST, _PANE_LEAST = 1600, 160
_TABS_ROOM = 250_000
_BASES = {
    Basis.PROOF: "proved: one user's marker in what another was sent",
    Basis.REPEATED: "seen in two runs of two",
    Basis.ONCE: "seen once",
}


def findings(bundle: Bundle) -> list[dict[str, Any]]:
    """Return the view of each finding; bodies are cut, and tabs left out, where there are too many for one page."""
    run = bundle.run
    found = run.verdict.findings
    most = max(_PANE_LEAST, min(_PANE_MOST, _ROOM // (6 * max(len(found), 1))))
    room = _TABS_ROOM
    shown, since = [], difference(bundle)
    for finding in found:
        tabs = list(_tabs(run, finding))
        room -= sum(len(text) for _, text in tabs)
        shown.append(_view(run, finding, most, tabs if room > 0 else [], since))
    return shown


def _view(
    run: Run, finding: Finding, most: int, tabs: list[tuple[str, str]], since: Difference | None
) -> dict[str, Any]:
    observation = finding.observation
    return {
        "finding": finding,
        "panes": panes(run, finding, most=most),
        "tabs": tabs,
        "script": f"findings/{finding.id}.sh" if steps(run, finding) else None,
        "status": _status(finding, since),
        "basis": _basis(finding),
        "search": f"{finding.id} {finding.check.id} {observation.operation} {observation.sentence}".lower(),
    }


def _status(finding: Finding, since: Difference | None) -> str:
    """New or known, where there was a run before; waived where a waiver lives."""
    if finding.waiver is not None:
        return f"waived until {finding.waiver.expires}"
    if since is None:
        return ""
    first = since.first_seen.get(finding.fingerprint)
    return f"known since {first}" if first else "new"


def _basis(finding: Finding) -> str:
    basis = finding.observation.basis
    return "" if basis is None else _BASES[basis]


def _tabs(run: Run, finding: Finding) -> Iterator[tuple[str, str]]:
    shown = steps(run, finding)
    if shown:
        yield "curl", "\n".join(curl(run, exchange) for exchange in shown)
        yield "HTTPie", "\n".join(httpie(run, exchange) for exchange in shown)
        yield "pytest", pytest(run, finding)
