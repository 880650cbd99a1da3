"""Runs as a real verification would leave them, made of the real nouns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.evidence.recompute import judge
from harness.model import (
    Cell,
    Check,
    Cleanup,
    Decision,
    Observation,
    Outcome,
    Result,
    Run,
    Severity,
    Step,
    Target,
    Verdict,
)
from tests.harness.evidence.traffic import NOTE, OPERATIONS, attack, document, exchange, facts, load

__all__ = ["DELETE", "NOTE", "OPERATIONS", "SCENARIO", "attack", "exchange", "facts", "load", "results", "run"]

SCENARIO = """\
name = "notes"
[target]
base_url = "https://staging.example.com"
expect = { "/commit" = "4f1c2ab" }
[[canary]]
share = 5
minutes = 15
error_budget = 1
rollback = "success rate < 95 %"
[[canary]]
share = 25
minutes = 30
error_budget = 5
rollback = "p95 > 800 ms"
[[canary]]
share = 100
minutes = 720
rollback = "any violation, or success rate < 99 %"
"""
FORGERIES = ("no token", "garbage", "expired", "alg none", "wrong key", "other audience")
READ = Check(
    id="isolation/read_foreign_object",
    title="A user cannot read an object that another user owns.",
    explanation="Broken object level authorization: reading.",
    severity=Severity.CRITICAL,
    catches=("isolation.read",),
    owasp="API1:2023",
    cwe=639,
)
DELETE = replace(
    READ,
    id="isolation/delete_foreign_object",
    title="A user cannot delete an object that another user owns.",
    catches=("isolation.delete",),
)
TOKENS = replace(
    READ,
    id="tokens/forged_tokens",
    title="No forged token is accepted.",
    catches=("tokens.signature",),
    owasp="API2:2023",
    cwe=347,
)
LIMITS = replace(
    READ,
    id="limits/own_bucket",
    title="One user cannot use up the quota of another.",
    catches=("limits.isolation",),
    owasp="API4:2023",
    cwe=770,
)
CONTRACT = replace(
    READ,
    id="contract/conforms",
    title="Every answer is one that the document promises.",
    catches=("contract.response",),
    severity=Severity.MEDIUM,
    owasp="API9:2023",
    cwe=None,
)
ROWS = replace(
    READ,
    id="database/policies",
    title="Every table has a forced row policy.",
    catches=("database.policy",),
    owasp=None,
    cwe=None,
)


def results(*, leak: bool = False) -> tuple[Result, ...]:
    """What the checks observed; with `leak`, that Bob deletes what is Alice's."""
    ids = ("x00001", "x00002", "x00003", "x00004")
    said = (
        "bob deleted alice's note (204; alice then gets 404)"
        if leak
        else "bob's delete of alice's note was refused (404), and alice still has it"
    )
    read, delete = "GET /notes/{note_id}", "DELETE /notes/{note_id}"
    return (
        Result(
            check=READ,
            observations=(
                _cell(
                    "isolation", read, "alice > bob", "bob's read of alice's note was refused (404)", exchanges=ids[:3]
                ),
            ),
            seconds=0.41,
            requests=3,
        ),
        Result(
            check=DELETE,
            observations=(
                _cell(
                    "isolation",
                    delete,
                    "alice > bob",
                    said,
                    outcome=Outcome.FAILED if leak else Outcome.PASSED,
                    exchanges=ids,
                ),
            ),
            seconds=0.52,
            requests=4,
        ),
        Result(
            check=TOKENS,
            observations=tuple(
                _cell("tokens", operation.id, forgery, f"{forgery} was refused with 401", exchanges=())
                for operation in OPERATIONS
                for forgery in FORGERIES
            ),
            seconds=3.9,
            requests=60,
        ),
        Result(
            check=LIMITS,
            observations=(
                Observation(
                    subject="quota",
                    outcome=Outcome.PASSED,
                    sentence="alice got 429 after 100, bob was served",
                    users=("bob", "alice"),
                ),
            ),
            seconds=2.2,
            requests=104,
        ),
        Result(
            check=CONTRACT,
            observations=(
                Observation(
                    subject="POST /search", outcome=Outcome.PASSED, sentence="1,204 cases, every answer as promised"
                ),
            ),
            seconds=14.2,
            requests=1204,
        ),
        Result(
            check=ROWS,
            observations=(
                Observation(
                    subject="database",
                    outcome=Outcome.SKIPPED,
                    reason="not-offered",
                    sentence="The scenario offers no access to the database.",
                ),
            ),
            required=False,
        ),
    )


def _cell(
    matrix: str, row: str, column: str, sentence: str, *, outcome: Outcome = Outcome.PASSED, exchanges: tuple[str, ...]
) -> Observation:
    users = ("alice", "bob") if matrix == "isolation" else ("alice",)
    return Observation(
        subject=row,
        outcome=outcome,
        sentence=sentence,
        operation=row,
        users=users,
        exchanges=exchanges,
        cell=Cell(matrix=matrix, row=row, column=column),
    )


def run(*, leak: bool = False, **changes: Any) -> Run:
    """A whole run, its verdict computed; `changes` replace its fields beforehand."""
    made = Run(
        id="7f3a2c",
        seed=4211,
        profile="ci",
        command="harness verify https://staging.example.com --scenario scenarios/notes.toml --seed 4211",
        scenario_name="notes",
        scenario_digest="d" * 64,
        scenario_text=SCENARIO,
        started=1_764_000_000.0,
        ended=1_764_000_095.5,
        target=Target(
            base_url="https://staging.example.com",
            operations=OPERATIONS,
            document_digest="c" * 64,
            version={"commit": "4f1c2ab"},
        ),
        results=results(leak=leak),
        exchanges=attack(leak=leak),
        timeline=(
            Step(at=0.0, phase="wait", sentence="The target is ready after 0.6 s."),
            Step(at=0.7, phase="introduce", sentence="alice and bob are distinct; a garbage token was refused."),
            Step(at=1.2, phase="probe", sentence="6 checks planned."),
            Step(at=95.0, phase="clean-up", sentence="1 of 1 objects gone again."),
        ),
        cleanup=(Cleanup(user="alice", resource="note", id=NOTE, outcome="gone" if leak else "deleted"),),
        load=load(),
        verdict=Verdict(decision=Decision.HOLD, reasons=(), gates=(), findings=()),
        versions={"harness-verify": "0.1.0", "python": "3.11.7"},
        facts=facts(),
        document=document(),
    )
    made = replace(made, **changes)
    return replace(made, verdict=judge(made))
