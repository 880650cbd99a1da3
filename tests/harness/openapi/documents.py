"""Small documents, written as Python values, for the tests of this folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.openapi import Document, parse_document

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def document(paths: Mapping[str, Any], *, schemas: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return an OpenAPI 3.1 document; `more` are further top-level keys."""
    components = {"schemas": schemas or {}, **more.pop("components", {})}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": paths,
        "components": components,
        **more,
    }


def parsed(paths: Mapping[str, Any], **more: Any) -> Document:
    """Return the parsed document."""
    return parse_document(json.dumps(document(paths, **more)), where="test")


def schema_document(schema: Any, **schemas: Any) -> tuple[Any, Mapping[str, Any]]:
    """Return a schema as the parser leaves it, and the root of its document."""
    root = parsed({}, schemas={"It": schema, **schemas}).root
    return root["components"]["schemas"]["It"], root


def ref(name: str) -> dict[str, str]:
    """Return a reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def thing(*required: str, **fields: Any) -> dict[str, Any]:
    """Return the schema of an object."""
    return {"type": "object", "properties": fields, "required": list(required)}


def content(schema: Any, media: str = "application/json") -> dict[str, Any]:
    """Return a body of one media type."""
    return {"content": {media: {"schema": schema}}}


def operation(
    answer: Any = None, *, body: Any = None, status: str = "200", query: tuple[str, ...] = (), **more: Any
) -> dict[str, Any]:
    """Return an operation that answers, takes a JSON body and has optional query parameters."""
    result: dict[str, Any] = {
        "responses": {status: {"description": ""} | (content(answer) if answer is not None else {})}
    }
    if body is not None:
        result["requestBody"] = {"required": True, **content(body, more.pop("media", "application/json"))}
    if query:
        result["parameters"] = [{"name": name, "in": "query", "schema": TEXT} for name in query]
    return result | more


def variables(*names: str, schema: Any = None) -> list[dict[str, Any]]:
    """Return path parameters."""
    return [{"name": name, "in": "path", "required": True, "schema": schema or TEXT} for name in names]
