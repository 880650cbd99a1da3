"""Request ids that repeat mix up requests in the log; those that can be guessed tell of other callers (CWE-340)."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed
from harness.lab import harmless
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.lab import Lab
    from harness.model import Exchange, Observation

SUBJECT = "unique request ids"
REQUESTS = 520
ENOUGH = 500
TURNS = 6
AT_ONCE = 24
BITS = 64


@check(
    severity=Severity.MEDIUM,
    catches=["tracing.unique"],
    needs=Needs(features=("tracing",), writes=False, exclusive=True),  # after the others: their answers count
    owasp="API8:2023",
    cwe=340,
)
async def unique(lab: Lab) -> AsyncIterator[Observation]:
    """Request ids that the service makes are unique and cannot be guessed, also under concurrency."""
    spec = lab.scenario.tracing
    assert spec is not None  # noqa: S101 -- Needs(features=("tracing",))
    user = await lab.user(lab.session.introductions.names[0])
    request = harmless(lab, user)
    if request is None:
        yield inconclusive(
            SUBJECT, "no-control", "the scenario names nothing that a user may read without creating first"
        )
        return
    recorded = [each for each in lab.session.client.recorder.exchanges.values() if _made_here(each, spec.header)]
    # Successes and refusals in turn: an id that is one request late repeats only where one follows the other.
    for number in range(TURNS):
        sender = user if number % 2 == 0 else lab.anonymous
        recorded.append(await lab.session.client.send(sender, request, purpose="attempt"))
    # Without a credential: a refusal carries an id like any other answer, and uses up nobody's quota.
    missing = max(AT_ONCE, REQUESTS - len(recorded))
    more = await lab.session.client.gather([(lab.anonymous, request)] * missing, concurrency=AT_ONCE, purpose="attempt")
    yield judge(spec.header, [*recorded, *(each for each in more if each.response is not None)])


def _made_here(exchange: Exchange, header: str) -> bool:
    """Whether an answer carries an id that the service had to make itself."""
    return exchange.response is not None and exchange.request.header(header) is None


def judge(header: str, exchanges: Sequence[Exchange]) -> Observation:
    """Judge the ids of many responses: none twice, and no fewer than 64 bits that vary."""
    ids = [value for each in exchanges if each.response for value in each.response.all(header)[:1]]
    if len(ids) < ENOUGH:
        return inconclusive(SUBJECT, "underpowered", f"{len(ids)} responses with {header}, {ENOUGH} are needed")
    value, times = Counter(ids).most_common(1)[0]
    bits = apparent_bits(ids)
    if times > 1:
        same = [each for each in exchanges if each.response and each.response.header(header) == value]
        return failed(SUBJECT, f"{times} of {len(ids)} responses carry the same {header} {value[:80]!r}", *same[:2])
    if bits < BITS:
        sentence = f"{len(ids)} ids in {header} vary in about {bits:.0f} bits ({value[:80]!r}), expected {BITS} or more"
        return failed(SUBJECT, sentence, *exchanges[:2])
    return passed(SUBJECT, f"{len(ids)} different ids in {header}, about {bits:.0f} bits vary")


def apparent_bits(texts: Sequence[str]) -> float:
    """Return the sum of the Shannon entropies of each position, in bits; an upper bound that counters do not reach."""
    total = 0.0
    for position in range(max(map(len, texts), default=0)):
        counts = Counter(text[position : position + 1] for text in texts)
        total -= sum(count / len(texts) * math.log2(count / len(texts)) for count in counts.values())
    return total
