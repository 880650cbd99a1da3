"""Operators in place of texts (CWE-943), as JSON, forms and queries say them: what a query language would evaluate.

Libraries that read `a[b]=c` as an object (qs in Express, PHP, Rack) and JSON bodies that nobody checks for types let a
caller send an object where a text belongs. A filter made of it without a look compares as the caller likes.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.scenario.schema import Call

C = TypeVar("C", bound="Call")


def operators() -> Iterator[tuple[str, Any]]:
    """Yield names and values of operators that nearly every text matches: MongoDB, Sequelize, Prisma."""
    yield "$ne", secrets.token_hex(6)
    yield "$gt", ""
    yield "$regex", ".*"
    yield "$like", "%"
    yield "not", secrets.token_hex(6)
    yield "contains", ""


def with_operator(call: C, variable: str, operator: str, value: Any) -> C | None:
    """Return the call with an operator wherever the text would be that holds a variable; None where it is nowhere."""
    placeholder = f"{{{variable}}}"
    made = {
        "query": _bracketed(call.query, placeholder, operator, value),
        "form": _bracketed(call.form, placeholder, operator, value),
        "body": _replaced(call.body, placeholder, {operator: value}),
    }
    changed = any(other != getattr(call, part) for part, other in made.items())
    return call.model_copy(update=made) if changed else None


def _bracketed(fields: dict[str, Any] | None, placeholder: str, operator: str, value: Any) -> dict[str, Any] | None:
    """Return fields of a query or form with `name[operator]=value` in place of a text."""
    if fields is None:
        return None
    held = {name for name, text in fields.items() if _holds(text, placeholder)}
    return {f"{name}[{operator}]" if name in held else name: value if name in held else fields[name] for name in fields}


def _replaced(node: Any, placeholder: str, operator: dict[str, Any]) -> Any:
    if _holds(node, placeholder):
        return operator
    if isinstance(node, dict):
        return {name: _replaced(each, placeholder, operator) for name, each in node.items()}
    if isinstance(node, list):
        return [_replaced(each, placeholder, operator) for each in node]
    return node


def _holds(value: Any, placeholder: str) -> bool:
    return isinstance(value, str) and placeholder in value
