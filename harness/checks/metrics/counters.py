"""Counters that hide errors hide outages (CWE-223): what was sent must be counted, by the class of its status."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, status_of
from harness.lab import harmless
from harness.model import Needs, Request, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Lab
    from harness.model import Exchange, Observation

EACH = 10
LINE = re.compile(r"^([A-Za-z_:][\w:]*)\{(.*)\}\s+([0-9.eE+-]+)(?:\s+\d+)?$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
TYPED = re.compile(r"^# TYPE (\S+) counter$", re.MULTILINE)
TIMED = re.compile(r"^# TYPE (\S+) (?:histogram|summary)$", re.MULTILINE)
COUNT = "_count"
"""What is measured of requests is counted, too, under this ending."""
STATUS = (
    "status",
    "status_code",
    "code",
    "http_status",
    "http_status_code",
    "http_response_status_code",
    "response_code",
)
Counts = Counter[tuple[str, str]]


@check(
    severity=Severity.MEDIUM,
    catches=["metrics.errors"],
    needs=Needs(features=("metrics",), exclusive=True, writes=False),
    owasp="API8:2023",
    cwe=223,
    mode="many",
)
async def counters(lab: Lab) -> AsyncIterator[Observation]:
    """The service counts its errors as errors."""
    user = await lab.user(lab.session.introductions.names[0])
    request = harmless(lab, user)
    if request is None:
        yield inconclusive(
            "counters", "no-control", "the scenario names nothing that a user may read without creating first"
        )
        return
    before, first = await _scrape(lab)
    prefix = lab.session.client.policy.origin.prefix
    nowhere = Request(method="GET", target=f"{prefix}/{secrets.token_hex(8)}")
    shots = [shot for _ in range(EACH) for shot in ((user, request), (lab.anonymous, request), (user, nowhere))]
    sent = [await lab.session.client.send(who, what, purpose="attempt") for who, what in shots]
    after, last = await _scrape(lab)
    families = sorted({family for family, _ in after})
    if not families:
        sentence = "no counter with the status of responses among its labels"
        yield inconclusive("counters", "no-counters", f"{sentence} ({status_of(last)})", last)
    for family in families:
        timed = family.endswith(COUNT)  # what leads nowhere need not be measured
        counted = [each for each in sent if not timed or each.request.target != nowhere.target]
        yield judge(family, after - before, counted, (first, last))


async def _scrape(lab: Lab) -> tuple[Counts, Exchange]:
    operation = lab.scenario.target.metrics
    assert operation is not None  # noqa: S101 -- Needs(features=("metrics",))
    method, _, path = operation.partition(" ")
    exchange = await lab.send(
        lab.anonymous, Request(method=method, target=path, operation=operation), purpose="control"
    )
    return parse(exchange.body.decode("utf-8", "replace")) if exchange.ok else Counter(), exchange


def parse(text: str) -> Counts:
    """Return the counters of a Prometheus exposition by family and class of status ("2xx")."""
    counts: Counts = Counter()
    typed = {*TYPED.findall(text), *(f"{name}{COUNT}" for name in TIMED.findall(text))}
    for line in text.splitlines():
        match = LINE.match(line)
        if match is None or (match[1] not in typed and match[1].removesuffix("_total") not in typed):
            continue
        labels = dict(LABEL.findall(match[2]))
        status = next((labels[name] for name in STATUS if name in labels), "")
        if status[:1] in {"1", "2", "3", "4", "5"}:
            counts[match[1], f"{status[0]}xx"] += int(float(match[3]))
    return counts


def judge(family: str, moved: Counts, sent: list[Exchange], scrapes: tuple[Exchange, Exchange]) -> Observation:
    """Compare what a family counted with what was sent; others may have sent too, so only too little is wrong."""
    expected = Counter(f"{exchange.status // 100}xx" for exchange in sent if exchange.status is not None)
    if len(expected) <= 1 or moved[family, "2xx"] < expected["2xx"]:  # one kind alone may be anything
        sentence = (
            f"{family} counted {moved[family, '2xx']} of {expected['2xx']} successes, so it may count something else"
        )
        return inconclusive(family, "no-control", sentence, *scrapes)
    short = [kind for kind in expected if moved[family, kind] < expected[kind]]
    if short:
        said = ", ".join(f"{moved[family, kind]} of {expected[kind]} {kind}" for kind in sorted(short))
        return failed(family, f"{family} counted {said}, and {moved[family, '2xx']} successes", *scrapes)
    said = ", ".join(f"{count} {kind}" for kind, count in sorted(expected.items()))
    return passed(family, f"{family} counted what was sent: {said}", *scrapes)
