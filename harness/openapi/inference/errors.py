"""What a document promises of errors: the fields that all of them require."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.openapi.inference.answers import json_schema
from harness.openapi.inference.routes import service_role
from harness.openapi.shapes import flattened
from harness.scenario.schema import ErrorsSpec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from harness.openapi.document import Document


def errors_spec(document: Document) -> ErrorsSpec | None:
    """Return the fields that every documented error body requires; None where they share none.

    The promise is for declared answers only. Reports of health are no errors.
    """
    required: set[str] | None = None
    for operation in document.operations:
        for response in operation.responses if service_role(operation) is None else ():
            schema = json_schema(response.bodies) if response.status[:1] in "45" else None
            if schema is not None:
                fields = _required(document.root, schema)
                required = fields if required is None else required & fields
    return ErrorsSpec(fields=sorted(required), declared_only=True) if required else None


def _required(root: Mapping[str, Any], schema: Mapping[str, Any]) -> set[str]:
    flat = flattened(root, schema)
    names = flat.get("required")
    return {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()
