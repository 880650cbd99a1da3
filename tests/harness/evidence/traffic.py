"""Exchanges, load and facts of the run that `builders` makes."""

from __future__ import annotations

import json
import random
from typing import Any

from harness.model import Exchange, LoadRun, Operation, Request, Response, Sample

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
NOTE = "0b9d1c9e-6a51-4b3c-9b53-d3b4a4f2d111"


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
    phase: str = "isolation/read_foreign_object",
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


def load(*, seconds: int = 60, rate: int = 20, slow: float = 0.03, seed: int = 1) -> LoadRun:
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
