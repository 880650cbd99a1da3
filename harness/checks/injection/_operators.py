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
    placeholder, changes = f"{{{variable}}}", {}
    for part in ("query", "form"):
        fields = getattr(call, part)
        if fields and any(_holds(each, placeholder) for each in fields.values()):
            changes[part] = {
                f"{name}[{operator}]" if _holds(text, placeholder) else name: value
                if _holds(text, placeholder)
                else text
                for name, text in fields.items()
            }
    if call.body is not None and placeholder in str(call.body):
        changes["body"] = _replaced(call.body, placeholder, {operator: value})
    return call.model_copy(update=changes) if changes else None


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
