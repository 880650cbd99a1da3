"""Errors that lack what is promised leave clients guessing (CWE-684, RFC 9457)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import requests
from harness.checks._watching import Problem, Seen, StatusWatcher
from harness.model import Needs, Severity
from harness.registry import watcher

if TYPE_CHECKING:
    from harness.lab import Lab
    from harness.scenario.schema import ErrorsSpec


@watcher(
    severity=Severity.LOW,
    catches=["errors.shape"],
    needs=Needs(users=0, features=("errors",), writes=False),
    owasp="API8:2023",
    cwe=684,
)
def shape(lab: Lab) -> StatusWatcher:
    """Every error holds each declared field, and something in it."""
    spec = lab.scenario.errors
    assert spec is not None  # noqa: S101 -- Needs(features=("errors",))
    claim = f"errors that hold {', '.join(spec.fields) or 'what is declared'}"
    return StatusWatcher(lab=lab, subject="error bodies", claim=claim, judge=lambda seen: judge(seen, spec))


def judge(seen: Seen, spec: ErrorsSpec) -> Problem | bool:
    """Return which fields an error body lacks; an answer to HEAD has none, and one to readiness its own shape."""
    response, request = seen.response, seen.exchange.request
    if not response.is_error or request.method == "HEAD" or _documented_otherwise(seen, spec):
        return False
    if spec.declared_only and (seen.operation is None or seen.operation.declared(response.status) is None):
        return False
    document = requests.parsed(response.body)
    empty = [field for field in spec.fields if _empty(_member(document, field))]
    if not empty:
        return True
    kind = "lacks" if document is not requests.MISSING else "is no JSON, so it lacks"
    return Problem(subject=f"error body of {seen.name}", sentence=f"the body of {seen.name} {kind} {', '.join(empty)}")


def _documented_otherwise(seen: Seen, spec: ErrorsSpec) -> bool:
    """Whether the document describes this very answer without any of these fields, as it may a health report."""
    declared = seen.operation.declared(seen.response.status) if seen.operation else None
    schemas = [body.schema for body in declared.bodies if body.schema] if declared else []
    names = [set(schema.get("properties", ())) for schema in schemas]
    return any(known and not known & set(spec.fields) for known in names)


def _member(document: object, field: str) -> object:
    if field.startswith("/"):
        return requests.pointer(document, field)
    return document.get(field) if isinstance(document, dict) else None


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})
