"""The phases that have a process of their own, as checks: what they catch is calibrated like any other."""

from __future__ import annotations

from harness.model import Check, Needs, Severity

FUZZ = Check(
    id="contract/fuzz",
    title="Every generated request is answered as the document says",
    explanation="Schemathesis, in its own process, behind a gateway that keeps it in scope and records every exchange.",
    severity=Severity.MEDIUM,
    catches=("contract.status", "contract.schema", "contract.content-type", "contract.method", "errors.server-error"),
    needs=Needs(features=("fuzz",)),
    owasp="API9:2023",
    cwe=440,
)
TAIL = Check(
    id="load/tail_latency",
    title="Hardly any request stalls under steady load",
    explanation="A few stalled requests in a hundred leave mean, median and p95 calm; the share of stalls does not.",
    severity=Severity.MEDIUM,
    catches=("latency.tail",),
    needs=Needs(features=("load",), exclusive=True, timed=True),
    owasp="API4:2023",
    cwe=405,
    mode="many",
)
CRASH = Check(
    id="preflight/harness",
    title="The harness itself works to the end",
    explanation="A bug of the harness ends a run early; what was found until then stands, and nothing else is known.",
    severity=Severity.INFO,
    catches=(),
    needs=Needs(users=0, writes=False),
)
CHECKS = (FUZZ, TAIL)
