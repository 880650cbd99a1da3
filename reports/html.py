"""`report.html`: one file for people, readable without script, network or colour."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from harness.evidence.document import covered, not_verified
from harness.model import FLAKY, Outcome
from reports import _charts, _kills, _load, _view
from reports._canary import phases
from reports._difference import difference
from reports._findings import findings
from reports._lanes import lane_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.evidence.facts import Bundle
    from harness.model import GateResult, LoadRun, Run

_TEMPLATES = files("reports").joinpath("templates")


def render(bundle: Bundle) -> Mapping[str, bytes]:
    """Return the page; everything in it is escaped, and its policy allows nothing but its own style and script."""
    style, script = (_TEMPLATES.joinpath(name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    run = bundle.run
    page = (
        _environment()
        .get_template("report.html.j2")
        .render(
            bundle=bundle,
            run=run,
            verdict=run.verdict,
            style=Markup(style),  # noqa: S704 - our own files, whose digests the policy of the page names
            script=Markup(script),  # noqa: S704 - as above
            policy=_policy(style, script),
            gates=sorted(run.verdict.gates, key=_urgency),
            open_questions=_questions(run),
            reach=covered(run.facts),
            matrices=[found for name in ("isolation", "tokens") if (found := _view.matrix(run, name)).rows],
            failed_cells=_failed_cells(run),
            findings=findings(bundle),
            load=_load_view(run),
            lanes=_charts.lanes(rows) if (rows := lane_rows(run)) else None,
            kill=_kills.read(bundle.files.get("kill-matrix.json", b"null")),
            canary=phases(run),
            since=difference(bundle),
            flaky=sum(seen.reason == FLAKY for result in run.results for seen in result.observations),
        )
    )
    return {"report.html": page.encode()}


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = ("rule", "observed", "interval", "moment", "duration", "number", "count", "milliseconds")
    environment.filters.update({name: getattr(_view, name) for name in names})
    environment.globals.update(symbols=_view.SYMBOLS, headline=_view.headline, summary=_view.summary, Outcome=Outcome)
    environment.filters["anchor"] = _kills.anchor
    return environment


def _policy(style: str, script: str) -> str:
    """Nothing is loaded, and nothing runs but the one style and the one script of these digests."""
    own = f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _urgency(result: GateResult) -> int:
    return list(_view.SYMBOLS).index(result.outcome) if result.outcome is not Outcome.PASSED else len(_view.SYMBOLS)


def _questions(run: Run) -> list[dict[str, Any]]:
    """What was not verified, one row for each reason and sentence, with the checks that it concerns."""
    grouped: dict[tuple[str, str | None, str], dict[str, Any]] = {}
    extra = [{"check": "the run", "reason": None, "sentence": str(said), "outcome": "skipped"} for said in _said(run)]
    for row in [*not_verified(run.results), *extra]:
        kept = grouped.setdefault((row["outcome"], row["reason"], row["sentence"]), {**row, "checks": []})
        kept["checks"] += [row["check"]] if row["check"] not in kept["checks"] else []
    return sorted(grouped.values(), key=lambda row: (row["outcome"] == "skipped", row["checks"]))


def _said(run: Run) -> list[Any]:
    return list(run.facts.get("not_verified", ()))


def _failed_cells(run: Run) -> dict[tuple[str, str, str], str]:
    """The finding that a red cell leads to."""
    cells = ((finding.observation.cell, finding.id) for finding in run.verdict.findings)
    return {(cell.matrix, cell.row, cell.column): identifier for cell, identifier in cells if cell is not None}


def _load_view(run: Run) -> dict[str, Any] | None:
    if run.load is None:
        return None
    latencies, limit = _load.latencies(run.load), _limit(run)
    buckets = _load.buckets(run.load)
    return {
        "latencies": latencies,
        "quantiles": _load.QUANTILES,
        "limit": limit,
        "curve": _charts.percentile_curve(latencies, limit),
        "time": _charts.latency_over_time(buckets, limit),
        "rate": _charts.rate_over_time(buckets, run.load.asked_rate),
        "sent": _sent(run.load),
    }


def _sent(load: LoadRun) -> float:
    return sum(sample.started is not None for sample in load.samples) / load.seconds if load.seconds else 0.0


def _limit(run: Run) -> float | None:
    """The tightest p95 limit, drawn as a line."""
    return min(
        (result.gate.limit for result in run.verdict.gates if result.gate.metric.startswith("p95")), default=None
    )
