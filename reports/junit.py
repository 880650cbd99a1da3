"""`junit.xml`: a suite for each family of checks and one for the gates; an open question is an error, never skipped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from harness.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.evidence.facts import Bundle
    from harness.model import GateResult, Result, Run

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENTS = {
    Outcome.FAILED: ("failure", "FAILED"),
    Outcome.ERROR: ("error", "ERROR"),
    Outcome.INCONCLUSIVE: ("error", "INCONCLUSIVE"),
    Outcome.SKIPPED: ("skipped", None),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    name: str
    suite: str
    outcome: Outcome
    message: str
    text: str
    seconds: float


def render(bundle: Bundle) -> Mapping[str, bytes]:
    """Return the document."""
    run = bundle.run
    cases = [*map(_check, run.results), *map(_gate, run.verdict.gates)]
    root = ET.Element("testsuites", {"name": f"harness {run.id}", **_counts(cases)})
    for name in dict.fromkeys(case.suite for case in cases):
        _suite(root, run, name, [case for case in cases if case.suite == name])
    ET.indent(root)
    return {"junit.xml": ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"}


def _suite(root: ET.Element, run: Run, name: str, cases: Sequence[_Case]) -> None:
    suite = ET.SubElement(
        root, "testsuite", {"name": _clean(name), "hostname": _clean(run.target.base_url), **_counts(cases)}
    )
    for case in cases:
        element = ET.SubElement(
            suite,
            "testcase",
            {"classname": f"harness.{_clean(name)}", "name": _clean(case.name), "time": f"{case.seconds:.3f}"},
        )
        if case.outcome in _ELEMENTS:
            tag, kind = _ELEMENTS[case.outcome]
            attributes = {"message": _clean(case.message)} | ({"type": kind} if kind else {})
            ET.SubElement(element, tag, attributes).text = _clean(case.text)


def _counts(cases: Sequence[_Case]) -> dict[str, str]:
    outcomes = [case.outcome for case in cases]
    return {
        "tests": str(len(cases)),
        "failures": str(outcomes.count(Outcome.FAILED)),
        "errors": str(outcomes.count(Outcome.ERROR) + outcomes.count(Outcome.INCONCLUSIVE)),
        "skipped": str(outcomes.count(Outcome.SKIPPED)),
        "time": f"{sum(case.seconds for case in cases):.3f}",
    }


def _check(result: Result) -> _Case:
    telling = [observation for observation in result.observations if observation.outcome is result.outcome]
    sentences = [f"{observation.subject}: {observation.sentence}" for observation in telling]
    if result.error is not None:
        sentences.append(f"The check broke: {result.error}")
    text = "\n".join(sentences) or "Nothing was observed."
    name, suite = result.check.id, result.check.family
    return _Case(
        name=name,
        suite=suite,
        outcome=result.outcome,
        message=text.partition("\n")[0],
        text=text,
        seconds=result.seconds,
    )


def _gate(result: GateResult) -> _Case:
    return _Case(
        name=result.gate.name,
        suite="gates",
        outcome=result.outcome,
        message=result.sentence,
        text=result.sentence,
        seconds=0.0,
    )


def _clean(text: str) -> str:
    """Return text without the characters that XML 1.0 cannot hold, which a hostile answer may contain."""
    return _NOT_XML.sub("\ufffd", text)
