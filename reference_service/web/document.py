"""The OpenAPI document: every status, every header, the security scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from reference_service import __version__
from reference_service.errors import CATALOGUE
from reference_service.schemas import ErrorBody, UploadForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fastapi import FastAPI

BEARER = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
PRIVATE: dict[str, Any] = {"security": [{"bearer": []}]}
PUBLIC: dict[str, Any] = {"security": []}
COMMON = {
    "X-Request-ID": ("Id of the request, echoed when the caller sent a valid one.", "string"),
    "X-Content-Type-Options": ("Always nosniff.", "string"),
    "Cache-Control": ("Always no-store.", "string"),
}
LIMITS = {
    "X-RateLimit-Limit": ("Requests that a full bucket holds.", "integer"),
    "X-RateLimit-Remaining": ("Requests left in the bucket.", "integer"),
    "X-RateLimit-Reset": ("Epoch seconds at which the bucket is full again.", "integer"),
    "RateLimit": ("What is left, as a structured field.", "string"),
    "RateLimit-Policy": ("The quota policy, as a structured field.", "string"),
}
RETRY = {"Retry-After": ("Whole seconds until a request is worth while.", "integer")}
CHALLENGE = {"WWW-Authenticate": ("Always Bearer.", "string")}
UNAUTHORIZED, LIMITED, UNAVAILABLE = 401, 429, 503


def headers(known: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Return header objects; all of them are always sent but where the store of the limiter is down."""
    return {
        name: {"description": text, "required": True, "schema": {"type": kind}} for name, (text, kind) in known.items()
    }


def success(status: int, *, private: bool, description: str = "Success") -> dict[int | str, dict[str, Any]]:
    """Document the headers of a success."""
    return {status: {"description": description, "headers": headers(COMMON | LIMITS if private else COMMON)}}


def errors(*statuses: int, private: bool) -> dict[int | str, dict[str, Any]]:
    """Document the errors of an operation."""
    return {status: _error(status, limited=private) for status in statuses}


def _error(status: int, *, limited: bool) -> dict[str, Any]:
    kinds = [kind for kind in CATALOGUE if kind.status == status]
    known = dict(COMMON)
    if limited and status not in {UNAUTHORIZED, UNAVAILABLE}:
        known |= LIMITS
    if status in {LIMITED, UNAVAILABLE}:
        known |= RETRY
    if status == UNAUTHORIZED:
        known |= CHALLENGE
    examples = {
        kind.code: {
            "value": {
                "error_code": kind.code,
                "detail": kind.default_detail,
                "request_id": "0b5f4c8e9d3a4d6f8f2f3f0e1d2c3b4a",
                "suggestion": kind.default_suggestion,
            }
        }
        for kind in kinds
    }
    return {
        "model": ErrorBody,
        "description": kinds[0].default_detail,
        "headers": headers(known),
        "content": {"application/json": {"examples": examples}},
    }


def upload_body() -> dict[str, Any]:
    """Document the multipart body of an upload; tags and metadata are JSON in their parts."""
    schema = UploadForm.model_json_schema()
    properties = {"file": {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}}
    properties |= {name: _not_null(item) for name, item in schema["properties"].items()}
    content = {
        "schema": {"type": "object", "required": ["file"], "properties": properties, "additionalProperties": False},
        "encoding": {"tags": {"contentType": "application/json"}, "metadata": {"contentType": "application/json"}},
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": content}}}


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field that may be left out, but not be null: a form has no null."""
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name not in {"anyOf", "default"}}
    default = {"default": schema["default"]} if schema.get("default") is not None else {}
    return (options[0] if options else {}) | rest | default


def use_document(app: FastAPI) -> None:
    """Serve the document with its security scheme, made once."""

    def document() -> dict[str, Any]:
        if not app.openapi_schema:
            made = get_openapi(title=app.title, version=__version__, description=app.description, routes=app.routes)
            made["components"]["securitySchemes"] = BEARER
            for unused in ("HTTPValidationError", "ValidationError"):
                made["components"]["schemas"].pop(unused, None)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def part_of(document: dict[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """Return the document of some paths only, with the schemas that they use."""
    chosen = {path: document["paths"][path] for path in paths}
    needed: dict[str, Any] = {}
    pending = [chosen]
    while pending:
        for name in _references(pending.pop()) - needed.keys():
            needed[name] = document["components"]["schemas"][name]
            pending.append(needed[name])
    components = document["components"] | {"schemas": dict(sorted(needed.items()))}
    return document | {"paths": chosen, "components": components}


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"].rpartition("/")[2]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(_references(item) for item in value.values()))
    return set().union(*(_references(item) for item in value)) if isinstance(value, list) else set()
