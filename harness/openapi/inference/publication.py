"""Which objects everybody may read by design: by a field given when they are made, or by an action afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.openapi.inference.answers import json_schema
from harness.openapi.inference.words import words
from harness.openapi.shapes import properties, types_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model import Operation
    from harness.scenario.schema import CreateCall

PUBLISHING = frozenset({"publish", "make-public", "publicize", "release"})
PUBLIC, PRIVATE = "public", "private"
_VISIBILITY = frozenset({"visibility", "privacy", "access", "audience"})


def private_and_public(
    create: CreateCall, operation: Operation, root: Mapping[str, Any]
) -> tuple[CreateCall, CreateCall | None]:
    """Return the call that makes a private object, and the one that makes a public one, None where there is none."""
    body = create.body
    for name, schema in properties(root, json_schema(operation.bodies)).items() if isinstance(body, dict) else ():
        values = _values(name, schema)
        if values is not None:
            private, public = values
            if body.get(name, schema.get("default")) == public:
                create = create.model_copy(update={"body": {**body, name: private}})
            return create, create.model_copy(update={"body": {**body, name: public}})
    return create, None


def _values(name: str, schema: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """Return what a field says of a private and of a public object; None for a field about something else."""
    found = words(name)
    if "boolean" in types_of(schema):
        return (False, True) if found in {("public",), ("is", "public")} else None
    choices = schema.get("enum")
    if not isinstance(choices, list) or PUBLIC not in choices or not found:
        return None
    others = [PRIVATE] * (PRIVATE in choices) + [one for one in choices if one not in {PUBLIC, PRIVATE, None}]
    return (others[0], PUBLIC) if found[-1] in _VISIBILITY and others else None
