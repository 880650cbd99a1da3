"""Counters that hide errors hide outages (CWE-223): what was sent must be counted, by its status or the class of it."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from typing import TYPE_CHECKING

from harness import requests
from harness.expect import failed, inconclusive, passed, status_of
from harness.lab import QUICKLY_LIMITED, harmless
from harness.model import Needs, Request, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.lab import Lab
    from harness.model import Exchange, Identity, Observation

EACH, WRITES = 10, 3
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
    """The service counts all that it answers, and its errors as errors."""
    user = await lab.user(lab.session.introductions.names[0])
    request = harmless(lab, user)
    if request is None:
        yield inconclusive(
            "counters", "no-control", "the scenario names nothing that a user may read without creating first"
        )
        return
    before, first = await _scrape(lab)
    nowhere = Request(method="GET", target=f"{lab.session.client.policy.origin.prefix}/{secrets.token_hex(8)}")
    sent = [*await _reads(lab, user, request, nowhere), *await _writes(lab, user), *await _limited(lab)]
    after, last = await _scrape(lab)
    families = sorted({family for family, _ in after})
    if not families:
        sentence = "no counter with the status of responses among its labels"
        yield inconclusive("counters", "no-counters", f"{sentence} ({status_of(last)})", last)
    for family in families:
        timed = family.endswith(COUNT)  # what leads nowhere need not be measured
        counted = [each for each in sent if not timed or each.request.target != nowhere.target]
        yield judge(family, after - before, counted, (first, last))


async def _reads(lab: Lab, user: Identity, request: Request, nowhere: Request) -> list[Exchange]:
    """Read what there is, the same without a credential, and what there is not."""
    shots = [shot for _ in range(EACH) for shot in ((user, request), (lab.anonymous, request), (user, nowhere))]
    return [await lab.session.client.send(who, what, purpose="attempt") for who, what in shots]


async def _writes(lab: Lab, user: Identity) -> list[Exchange]:
    """Create some objects and delete them again."""
    if lab.session.client.policy.read_only:
        return []
    sent = []
    for resource in lab.resources_with("create", "delete"):
        for _ in range(WRITES):
            owned = await resource.create(user)
            sent += [owned.created, await resource.delete(user, owned)]
    return sent


async def _limited(lab: Lab) -> list[Exchange]:
    """Go beyond a small quota of a user of its own."""
    limits, introductions = lab.scenario.limits, lab.session.introductions
    if limits is None or limits.probe is None or limits.requests > QUICKLY_LIMITED or not introductions.fresh:
        return []
    user = await lab.new_user(introductions.names[0], limits.claims)
    shots = [(user, requests.build(limits.probe, {}, ()))] * (limits.requests + EACH)
    return list(await lab.session.client.gather(shots, concurrency=8, purpose="attempt"))


async def _scrape(lab: Lab) -> tuple[Counts, Exchange]:
    operation = lab.scenario.target.metrics
    assert operation is not None  # noqa: S101 -- Needs(features=("metrics",))
    method, _, path = operation.partition(" ")
    exchange = await lab.send(
        lab.anonymous, Request(method=method, target=path, operation=operation), purpose="control"
    )
    return parse(exchange.body.decode("utf-8", "replace")) if exchange.ok else Counter(), exchange


def parse(text: str) -> Counts:
    """Return the counters of a Prometheus exposition by family and status, or class of status ("2xx"), as they say."""
    counts: Counts = Counter()
    typed = {*TYPED.findall(text), *(f"{name}{COUNT}" for name in TIMED.findall(text))}
    for line in text.splitlines():
        match = LINE.match(line)
        if match is None or (match[1] not in typed and match[1].removesuffix("_total") not in typed):
            continue
        labels = dict(LABEL.findall(match[2]))
        status = next((labels[name] for name in STATUS if name in labels), "")
        if status[:1] in {"1", "2", "3", "4", "5"}:
            counts[match[1], status if status.isdecimal() else f"{status[0]}xx"] += int(float(match[3]))
    return counts


def judge(family: str, moved: Counts, sent: Sequence[Exchange], scrapes: tuple[Exchange, Exchange]) -> Observation:
    """Compare what a family counted with what was sent; others may have sent too, so only too little is wrong.

    The first request is a plain read, sent again and again: whoever does not count that may count something else.
    """
    exact = any(kind.isdecimal() for name, kind in moved if name == family)
    kinds = [str(each.status) if exact else f"{each.status // 100}xx" for each in sent if each.status is not None]
    expected, plain = Counter(kinds), sum(each.ok and each.request == sent[0].request for each in sent)
    if len(expected) <= 1 or not plain or moved[family, kinds[0]] < plain:  # one kind alone may be anything
        sentence = f"{family} counted {moved[family, kinds[0]] if kinds else 0} of {plain} plain reads"
        return inconclusive(family, "no-control", f"{sentence}, so it may count something else", *scrapes)
    short = [kind for kind in expected if moved[family, kind] < expected[kind]]
    if short:
        said = ", ".join(f"{moved[family, kind]} of {expected[kind]} {kind}" for kind in sorted(short))
        return failed(family, f"{family} counted {said}, and {moved[family, kinds[0]]} {kinds[0]}", *scrapes)
    said = ", ".join(f"{count} {kind}" for kind, count in sorted(expected.items()))
    return passed(family, f"{family} counted what was sent: {said}", *scrapes)
