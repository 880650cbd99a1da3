"""A body that contradicts its schema breaks the clients that were generated from it (OWASP API9:2023, CWE-440)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.checks._watching import Problem, Seen, StatusWatcher
from harness.model import Needs, Severity
from harness.openapi import validate
from harness.registry import watcher

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.lab import Lab

MOST = 100
WRONG: tuple[object, ...] = ("harness", 7, [], {}, None)


@watcher(
    severity=Severity.MEDIUM,
    catches=["contract.schema"],
    needs=Needs(users=0, features=("document",), writes=False),
    owasp="API9:2023",
    cwe=440,
)
def schema(lab: Lab) -> StatusWatcher:
    """Every body is what its schema says."""
    assert lab.session.document is not None  # noqa: S101 -- Needs(features=("document",))
    root, counts = lab.session.document.root, Counter[str]()
    telling: dict[int, bool] = {}

    def tells(declared: Mapping[str, Any]) -> bool:
        if id(declared) not in telling:  # schemas live as long as the document
            telling[id(declared)] = can_reject(declared, root)
        return telling[id(declared)]

    def judge(seen: Seen) -> Problem | bool:
        counts[seen.name] += 1
        declared = seen.schema
        if declared is None or counts[seen.name] > MOST:
            return False
        return tells(declared) and judge_body(seen, declared, root)

    return StatusWatcher(
        lab=lab,
        subject="bodies",
        claim="bodies valid by their schemas",
        judge=judge,
        json=True,
        described=lambda declared: any(body.schema is not None and tells(body.schema) for body in declared.bodies),
    )


def judge_body(seen: Seen, declared: Mapping[str, Any], root: Mapping[str, Any]) -> Problem | bool:
    """Return how a JSON body contradicts its schema."""
    if seen.response.truncated:
        return False
    document = seen.document
    if document is requests.MISSING:
        return Problem(subject=seen.name, sentence=f"the body of {seen.name} is no JSON, which is declared")
    wrong = validate(document, declared, root)
    if not wrong:
        return True
    sentence = f"the body of {seen.name} contradicts its schema: {wrong[0][:300]}"
    return Problem(subject=seen.name, sentence=sentence, operation=seen.operation.id if seen.operation else None)


def can_reject(declared: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    """Return whether a schema says anything: one that accepts whatever there is proves nothing."""
    return any(validate(wrong, declared, root) for wrong in WRONG)
