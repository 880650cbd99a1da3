"""The plain text files of the mission: deployment log, smoke test results, token verification."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from harness.evidence.document import not_verified
from harness.model import Outcome
from harness.scenario import parse_scenario
from reports import _view

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.evidence.facts import Bundle
    from harness.model import Result, Run


def render(bundle: Bundle) -> Mapping[str, bytes]:
    """Return the three files."""
    texts = {
        "STAGING_DEPLOYMENT_LOG.txt": _deployment(bundle),
        "SMOKE_TEST_RESULTS.txt": _smoke(bundle.run),
        "SUPABASE_JWT_VERIFICATION.txt": _tokens(bundle.run),
    }
    return {name: ("\n".join(lines) + "\n").encode() for name, lines in texts.items()}


def _head(run: Run, title: str) -> Iterable[str]:
    yield from (title, "=" * len(title), "")
    yield f"target    {run.target.base_url}"
    yield f"run       {run.id}, {_view.moment(run.started)}, seed {run.seed}, profile {run.profile}"
    yield f"decision  {_view.headline(run)}"
    yield ""


def _deployment(bundle: Bundle) -> Iterable[str]:
    run = bundle.run
    yield from _head(run, "Deployment log")
    yield from _readiness(run)
    yield from _version(run)
    yield from _routes(run)
    migrations = run.facts.get("migrations")
    if isinstance(migrations, dict):
        yield from (
            "Migrations",
            f"  expected {migrations.get('expected', 'not stated')}, found {migrations.get('found', 'not offered')}",
            "",
        )
    else:
        yield from ("Migrations", "  not verified: the target offers no migrations head", "")
    yield "Timeline"
    yield from (f"  {step.at:9.2f} s  {step.phase:<10}  {_line(step.sentence)}" for step in run.timeline)
    if run.interrupted:
        yield f"  {run.ended - run.started:9.2f} s  interrupted: {_line(run.interrupted)}"


def _readiness(run: Run) -> Iterable[str]:
    history = run.facts.get("readiness") or ()
    yield "Readiness over time"
    if not history:
        yield "  not verified: the scenario names no readiness operation, or it was never asked"
    for entry in history:
        row = (
            entry
            if isinstance(entry, dict)
            else dict(zip(("at", "status"), entry, strict=False))
            if isinstance(entry, list | tuple)
            else {}
        )
        status = row.get("status")
        answer = row.get("error") or "no answer" if status is None else status
        yield f"  {float(row.get('at', 0.0)):9.2f} s  {_line(str(answer))}"
    yield ""


def _version(run: Run) -> Iterable[str]:
    expected = parse_scenario(run.scenario_text, where="scenario.toml").target.expect
    found = None if run.target.version is None else dict(run.target.version)
    yield "Version and commit"
    for path, wanted in expected.items():
        got = None if found is None else _pointed(found, path)
        word = "as expected" if got == wanted else "DIFFERENT"
        yield f"  {path}: expected {wanted}, found {got or 'nothing'}: {word}"
    if found:
        yield from (f"  {name}: {_line(str(value))}" for name, value in found.items())
    else:
        yield "  not verified: the target did not say which build it is"
    if not expected:
        yield "  the scenario expects no particular build"
    yield f"  OpenAPI document sha256 {run.target.document_digest or 'none: it was not found'}"
    yield ""


def _pointed(document: Any, path: str) -> str | None:
    """Return what a JSON pointer (RFC 6901) leads to, as text."""
    for part in path.split("/")[1:]:
        document = document.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(document, dict) else None
    return None if document is None else str(document)


def _routes(run: Run) -> Iterable[str]:
    routes = run.facts.get("routes")
    found = [operation.id for operation in run.target.operations]
    expected = list(routes.get("expected", ())) if isinstance(routes, dict) else []
    yield "Routes"
    for name in dict.fromkeys([*expected, *found]):
        word = "found" if name in found else "MISSING"
        yield f"  {name}: {word}{'' if name in expected or not expected else ', not expected'}"
    if not expected:
        yield "  no baseline document was given, so nothing was expected"
    yield ""


def _smoke(run: Run) -> Iterable[str]:
    yield from _head(run, "Smoke test results")
    families: dict[str, list[Result]] = {}
    for result in run.results:
        families.setdefault(result.check.family, []).append(result)
    for family, results in families.items():
        yield f"{family}: {_counts(result.outcome for result in results)} ({_view.count(results, 'check')})"
        for result in results:
            yield from _check(result)
        yield ""
    yield f"All checks: {_counts(result.outcome for result in run.results)} ({_view.count(run.results, 'check')})"
    seen = [observation for result in run.results for observation in result.observations]
    total = _view.count(seen, "observation")
    yield f"All observations: {_counts(observation.outcome for observation in seen)} ({total})"
    yield ""
    yield "Gates"
    for gate in run.verdict.gates:
        head = f"{_view.SYMBOLS[gate.outcome]} {gate.gate.name}  {_view.rule(gate)}  {_view.observed(gate)}  n={gate.n}"
        yield f"  {head}: {_line(gate.sentence)}"


def _check(result: Result) -> Iterable[str]:
    took = _view.duration(result.seconds)
    seen = _view.count(result.observations, "observation")
    head = f"{_view.SYMBOLS[result.outcome]} {result.check.id}: {result.outcome}"
    yield f"  {head}, {seen}, {result.requests} requests, {took}"
    if result.error:
        yield f"      error: {_line(result.error)}"
    for observation in result.observations:
        reason = f" ({observation.reason})" if observation.reason else ""
        said = f"{_line(observation.subject)}: {_line(observation.sentence)}{reason}"
        yield f"      {_view.SYMBOLS[observation.outcome]} {said}"


def _tokens(run: Run) -> Iterable[str]:
    yield from _head(run, "Token verification")
    yield "Configuration found"
    configuration: Mapping[str, Any] = run.facts.get("tokens") or {}
    if not configuration:
        yield "  not stated: users came with tokens of their own"
    yield from (f"  {name}: {value}" for name, value in configuration.items())
    yield ""
    matrix = _view.matrix(run, "tokens")
    yield "Forgeries, operation by operation"
    for column in matrix.columns:
        yield f"  {column}"
        for row in matrix.rows:
            if (outcome := matrix.outcome(row, column)) is not None:
                yield f"    {_view.SYMBOLS[outcome]} {row}: {_line(matrix.sentences(row, column))}"
    if not matrix.cells:
        yield "  not verified: no forged token was sent"
    yield ""
    outcomes = [matrix.outcome(*key) for key in matrix.cells]
    yield f"Cells: {_counts(outcome for outcome in outcomes if outcome is not None)} ({_view.count(outcomes, 'cell')})"
    accepted = [f"{row} / {column}" for row, column in matrix.cells if matrix.outcome(row, column) is Outcome.FAILED]
    yield f"Accepted: {', '.join(accepted) or 'none'}"
    missing = [row for row in not_verified(run.results) if row["check"].startswith("tokens/")]
    yield from (f"Not verified: {row['check']}: {_line(row['sentence'])}" for row in missing)


def _counts(outcomes: Iterable[Outcome]) -> str:
    counted = Counter(outcomes)
    return ", ".join(f"{counted[outcome]} {outcome}" for outcome in Outcome if counted[outcome]) or "nothing"


def _line(text: str) -> str:
    return " ".join(text.split())
