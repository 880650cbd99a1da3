"""Loaded by the Schemathesis child: drops the one kind of failure that sound services are known to get."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:  # noqa: ARG001 - names are its face
    """Keep every failure but "accepted" of a value whose type cannot be wrong once it has been sent."""
    return not (failure.code == "ST201" and _only_type_of_binary_part(case))


def _only_type_of_binary_part(case: Any) -> bool:
    """Whether the sole mutation is the type of a file in a multipart form: whatever it was, bytes are sent."""
    if not str(case.media_type).startswith("multipart/"):
        return False
    mutations = case.meta.phase.data.mutations if case.meta is not None else ()
    parts = _binary_parts(case)
    return bool(mutations) and all(
        tuple(mutation.keywords) == ("type",) and mutation.path and mutation.path[0] in parts for mutation in mutations
    )


def _binary_parts(case: Any) -> set[str]:
    found: set[str] = set()
    for body in case.operation.body:
        properties = (body.definition.get("schema") or {}).get("properties") or {}
        found.update(
            name
            for name, schema in properties.items()
            if isinstance(schema, dict) and (schema.get("format") == "binary" or "contentMediaType" in schema)
        )
    return found
