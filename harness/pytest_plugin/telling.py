"""What pytest and Allure are told of a result."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from _pytest._code.code import ReprFileLocation, TerminalRepr

from harness.model import Outcome
from harness.verdict import find
from reports.allure import SEVERITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from _pytest._io import TerminalWriter

    from harness.model import Check, Exchange, Finding, Headers, Result, Waiver

OPEN = frozenset({Outcome.INCONCLUSIVE, Outcome.ERROR})


@dataclass(eq=False)
class Told(TerminalRepr):
    """A few sentences in place of a traceback; the first is what one-line summaries and JUnit files show."""

    text: str
    reprcrash: ReprFileLocation

    def toterminal(self, tw: TerminalWriter) -> None:
        """Write the sentences."""
        tw.line(self.text)


def told(text: str, where: str) -> Told:
    """Return the representation of a failure."""
    return Told(text=text, reprcrash=ReprFileLocation(path=where, lineno=0, message=text.splitlines()[0]))


def findings(result: Result, waivers: Iterable[Waiver]) -> tuple[Finding, ...]:
    """Return what failed, worst first."""
    return find([result], waivers, dt.datetime.now(dt.UTC).date())


def failure(found: Sequence[Finding]) -> str:
    """Return a line for each finding, and where to read on."""
    lines = [f"{each.id} {each.severity}: {each.observation.sentence}" for each in found]
    return "\n".join([*lines, f"harness explain {found[0].check.id}"])


def open_question(result: Result) -> str:
    """Return why nothing is known: an inconclusive or broken check is never a pass."""
    if result.error is not None:
        return f"INCONCLUSIVE: the check broke: {result.error}"
    reasons = [seen.sentence for seen in result.observations if seen.outcome in OPEN]
    return "INCONCLUSIVE: " + ("\n".join(dict.fromkeys(reasons)) or "nothing was observed")


def why_skipped(result: Result) -> str:
    """Return why a check does not apply."""
    return "; ".join(dict.fromkeys(seen.sentence for seen in result.observations)) or "not applicable"


def tell_allure(check: Check, result: Result, exchanges: Sequence[Exchange]) -> None:
    """Label the current Allure result, and attach the exchanges of each observation."""
    import allure  # noqa: PLC0415 -- only where allure-pytest is at work

    dynamic: Any = allure.dynamic  # it has no types
    dynamic.title(check.title)
    dynamic.description(check.explanation)
    dynamic.severity(SEVERITY[check.severity])
    dynamic.parent_suite("harness")
    dynamic.suite(check.family)
    numbers = {"owasp": check.owasp, "cwe": check.cwe and f"CWE-{check.cwe}"}
    for name, value in numbers.items():
        if value:
            dynamic.label(name, value)
            dynamic.tag(value)
    known = {each.id: each for each in exchanges}
    for seen in result.observations:
        text = "\n\n".join(_http(known[name]) for name in seen.exchanges if name in known)
        if text:
            allure.attach(text, name=f"{seen.outcome}: {seen.sentence}", attachment_type=allure.attachment_type.TEXT)


def _http(exchange: Exchange) -> str:
    request, response = exchange.request, exchange.response
    sent = f"# {exchange.id} {exchange.purpose} as {exchange.user}\n" + _message(
        f"{request.method} {request.target}", request.headers, request.body
    )
    if response is None:
        return f"{sent}\n\n# no response: {exchange.error}"
    return f"{sent}\n\n" + _message(str(response.status), response.headers, response.body)


def _message(head: str, headers: Headers, body: bytes) -> str:
    lines = [head, *(f"{name}: {value}" for name, value in headers)]
    return "\n".join([*lines, "", body.decode("utf-8", "replace")] if body else lines)
