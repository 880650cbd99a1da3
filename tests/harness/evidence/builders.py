"""Runs as a real verification would leave them, made of the real nouns."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

from harness.evidence.recompute import judge
from harness.model import (
    Cell,
    Check,
    Cleanup,
    Decision,
    Exchange,
    LoadRun,
    Observation,
    Operation,
    Outcome,
    Request,
    Response,
    Result,
    Run,
    Sample,
    Severity,
    Step,
    Target,
    Verdict,
)

SCENARIO = """\
name = "notes"
[target]
base_url = "https://staging.example.com"
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
OPERATIONS = tuple(
    Operation(method=method, path=path, line=line, secured=True, summary=summary)
    for line, (method, path, summary) in enumerate(
        [
            ("POST", "/notes", "Write a note"),
            ("GET", "/notes", "List my notes"),
            ("GET", "/notes/{note_id}", "Read a note"),
            ("DELETE", "/notes/{note_id}", "Delete a note"),
            ("POST", "/search", "Search my notes"),
        ],
        start=10,
    )
)
FORGERIES = ("no token", "garbage", "expired", "alg none", "wrong key", "other audience")
NOTE = "0b9d1c9e-6a51-4b3c-9b53-d3b4a4f2d111"
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


def exchange(
    number: int,
    user: str,
    method: str,
    target: str,
    status: int,
    *,
    operation: str | None = None,
    body: Any = None,
    answer: Any = None,
    purpose: str = "",
    phase: str = READ.id,
    raw: bytes | None = None,
) -> Exchange:
    """One exchange with JSON bodies, a tenth of a second after the one before."""
    sent = json.dumps(body).encode() if body is not None else b""
    headers = (("Content-Type", "application/json"),) if sent else ()
    received = raw if raw is not None else json.dumps(answer).encode() if answer is not None else b""
    return Exchange(
        id=f"x{number:05d}",
        user=user,
        request=Request(method=method, target=target, headers=headers, body=sent, operation=operation),
        response=Response(
            status=status,
            headers=(
                ("Content-Type", "application/json"),
                ("X-Request-Id", f"r-{number}"),
                ("X-RateLimit-Remaining", str(100 - number)),
            ),
            body=received,
        ),
        intended=number / 10,
        sent=number / 10,
        done=number / 10 + 0.02,
        at=1_764_000_000 + number / 10,
        purpose=purpose,
        phase=phase,
    )


def attack(*, leak: bool, first: int = 1) -> tuple[Exchange, ...]:
    """Alice creates a note, Bob tries to delete it, Alice reads it back."""
    note = {"id": NOTE, "text": "marker-7f3a2c of alice", "owner": "alice"}
    path = f"/notes/{NOTE}"
    gone = {"detail": "not found"}
    return (
        exchange(
            first,
            "alice",
            "POST",
            "/notes",
            201,
            operation="POST /notes",
            body={"text": "marker-7f3a2c of alice"},
            answer=note,
            purpose="create",
        ),
        exchange(
            first + 1, "alice", "GET", path, 200, operation="GET /notes/{note_id}", answer=note, purpose="control"
        ),
        exchange(
            first + 2,
            "bob",
            "DELETE",
            path,
            204 if leak else 404,
            operation="DELETE /notes/{note_id}",
            answer=None if leak else gone,
            purpose="attempt",
        ),
        exchange(
            first + 3,
            "alice",
            "GET",
            path,
            404 if leak else 200,
            operation="GET /notes/{note_id}",
            answer=gone if leak else note,
            purpose="read-back",
        ),
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


def load(*, seconds: int = 60, rate: int = 40, slow: float = 0.03, seed: int = 1) -> LoadRun:
    """An open-loop load of two operations with a calm body and a heavy tail."""
    generator = random.Random(seed)
    samples = []
    for index in range(seconds * rate):
        at = index / rate
        took = generator.lognormvariate(-3.6, 0.5) + (
            slow * generator.expovariate(0.5) if generator.random() < 0.03 else 0
        )
        started = at + generator.random() / 2000
        operation = "POST /search" if index % 2 else "GET /notes"
        samples.append(Sample(operation=operation, intended=at, started=started, done=started + took, status=200))
    return LoadRun(
        samples=tuple(samples), seconds=float(seconds), asked_rate=float(rate), lateness_p99=0.002, generator_cpu=0.31
    )


def lanes() -> list[dict[str, Any]]:
    """Two users on one time axis: Alice runs into her limit, Bob does not."""
    alice = [
        {"at": index / 50, "status": 200 if index < 100 else 429, "remaining": max(0, 99 - index)}
        for index in range(110)
    ]
    bob = [{"at": 0.3 + index / 5, "status": 200, "remaining": 99 - index} for index in range(10)]
    return [{"user": "alice", "events": alice}, {"user": "bob", "events": bob}]


def document() -> str:
    """A small OpenAPI document with every operation on a line of its own."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = {
            "summary": operation.summary,
            "responses": {"200": {"description": "OK"}},
        }
    return json.dumps({"openapi": "3.1.0", "info": {"title": "Notes", "version": "1"}, "paths": paths}, indent=2)


def facts() -> dict[str, Any]:
    """The facts that a run adds for its reports."""
    return {
        "credentials": {
            "alice": [["Authorization", "Bearer $HARNESS_ALICE_TOKEN"]],
            "bob": [["Authorization", "Bearer $HARNESS_BOB_TOKEN"]],
        },
        "readiness": [{"at": 0.1, "status": 503}, {"at": 0.6, "status": 200}],
        "version": {"expected": {"/commit": "4f1c2ab"}, "found": {"/commit": "4f1c2ab"}},
        "commit": "4f1c2ab9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f",
        "routes": {
            "expected": [operation.id for operation in OPERATIONS],
            "found": [operation.id for operation in OPERATIONS],
        },
        "limit_lanes": lanes(),
        "tokens": {
            "algorithm": "HS256",
            "source": "minted",
            "audience": "authenticated",
            "issuer": None,
            "lifetime": 3600,
        },
    }


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
        versions={"harness": "0.1.0", "python": "3.11.7"},
        facts=facts(),
        document=document(),
    )
    made = replace(made, **changes)
    return replace(made, verdict=judge(made))
