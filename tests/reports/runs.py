"""Bundles for renderers: hostile ones, large ones, open ones."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.evidence import history
from harness.evidence.facts import Bundle, core_files, read_facts
from harness.model import Cell, Observation, Outcome, Response, Result
from tests.harness.evidence import builders

if TYPE_CHECKING:
    from harness.model import Run

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{7*7}}${7*7}\x00\x1b[31m]]>--><!--\ud800"


def bundle(run: Run | None = None, **changes: Any) -> Bundle:
    """A bundle as it would be read back."""
    return Bundle(run=run or builders.run(**changes), signer="ed25519:9c1e22aa33bb44cc", files={})


def hostile() -> Bundle:
    """Everything that a target controls is hostile: bodies, headers, versions, sentences; written and read back."""
    exchanges = list(builders.attack(leak=True))
    half = json.dumps({"half": "\ud800", HOSTILE: [HOSTILE]}).encode()
    invalid = HOSTILE.encode("utf-8", "surrogatepass")
    exchanges[1] = replace(exchanges[1], response=Response(status=200, body=half))
    exchanges[3] = replace(
        exchanges[3], response=Response(status=404, headers=(("X-Evil", HOSTILE),), body=invalid), error=HOSTILE
    )
    results = list(builders.results(leak=True))
    said = replace(results[1].observations[0], sentence=f"the answer said {HOSTILE}")
    results[1] = replace(results[1], observations=(said,), error=HOSTILE)
    made = builders.run(results=tuple(results), exchanges=tuple(exchanges))
    made = replace(made, target=replace(made.target, version={"commit": HOSTILE}))
    return read_facts(core_files(made, signer=None))


def deep() -> Bundle:
    """Bodies, sent and received, of JSON that is nested deeper than a program may go."""
    exchanges = list(builders.attack(leak=True))
    for depth, number in ((400, 1), (100_000, 3)):
        body = b"[" * depth + b"]" * depth
        request = replace(exchanges[number].request, body=body)
        exchanges[number] = replace(exchanges[number], request=request, response=Response(status=200, body=body))
    return bundle(results=builders.results(leak=True), exchanges=tuple(exchanges))


def many(count: int) -> Bundle:
    """As many findings as asked, each with exchanges of its own and bodies of four kilobytes."""
    exchanges, observations = [], []
    for number in range(count):
        steps = builders.attack(leak=True, first=number * 4 + 1)
        long = replace(steps[1], response=replace(steps[1].response, body=b'{"text": "' + b"x" * 4000 + b'"}'))  # type: ignore[type-var]
        exchanges += [steps[0], long, *steps[2:]]
        template = builders.results(leak=True)[1].observations[0]
        observations.append(
            replace(
                template,
                subject=f"DELETE /things{number}/{{id}}",
                exchanges=tuple(step.id for step in steps),
                cell=None,
            )
        )
    result = Result(check=builders.DELETE, observations=tuple(observations), seconds=1.0, requests=4 * count)
    return bundle(results=(result,), exchanges=tuple(exchanges))


def wide(columns: int) -> Bundle:
    """A matrix of as many columns as asked."""
    result = builders.results(leak=False)[1]
    cells = [Cell(matrix="tokens", row="GET /things", column=f"forgery {number}") for number in range(columns)]
    facts = tuple(replace(result.observations[0], cell=cell) for cell in cells)
    return bundle(results=(replace(result, observations=facts),))


def later() -> Bundle:
    """A run that found again what another had found, with something fixed and something lost since then."""
    run = builders.run(leak=True)
    kept = history.record(run, served=False)
    gone = {"id": "ISO-0f1e2d", "severity": "high", "check": builders.READ.id, "sentence": "bob read alice's note"}
    lost = {"id": "DAT-9a8b7c", "severity": "low", "check": builders.ROWS.id, "sentence": "a table had no policy"}
    kept["findings"] |= {"0" * 16: gone, "1" * 16: lost}
    kept["gates"] |= {name: {**gate, "observed": 1.5} for name, gate in kept["gates"].items()}
    before = history.before([kept], kept["subject"])
    return Bundle(run=run, signer=None, files={history.PREVIOUS: json.dumps(before).encode()})


def undecided() -> Bundle:
    """One check that could not conclude, and one that broke."""
    results = builders.results()
    seen = Observation(subject="quota", outcome=Outcome.INCONCLUSIVE, sentence="an unplanned 429 came", reason="quota")
    open_result = replace(results[3], observations=(seen,))
    broken = replace(results[4], observations=(), error="ZeroDivisionError: division by zero")
    return bundle(results=(*results[:3], open_result, broken, results[5]))


BUNDLES = {
    "leak": bundle(leak=True),
    "go": bundle(),
    "undecided": undecided(),
    "hostile": hostile(),
    "deep": deep(),
    "later": later(),
    "empty": bundle(results=(), exchanges=(), load=None, cleanup=(), timeline=(), facts={}, document=None),
}
