"""What a request says by field, and values put where a scenario looks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness import requests
from harness.hollow._forms import form_fields, multipart_fields

if TYPE_CHECKING:
    from harness.hollow._http import Asked


def put(document: Any, path: str, value: Any) -> Any:
    """Return the JSON value with `value` at a pointer (of several the first), where objects are made as needed."""
    path = path.partition("|")[0]
    if not path:
        return value
    head, _, rest = path[1:].partition("/")
    inside = document if isinstance(document, dict) else {}
    return {**inside, head: put(inside.get(head), f"/{rest}" if rest else "", value)}


def fields_of(asked: Asked) -> dict[str, Any]:
    """Return what a request body says, by field: JSON object, form or multipart form."""
    kind = asked.header("Content-Type")
    if kind.startswith("multipart/"):
        return multipart_fields(asked.body, kind)
    if "urlencoded" in kind:
        return form_fields(asked.body)
    document = requests.parsed(asked.body)
    return document if isinstance(document, dict) else {}
