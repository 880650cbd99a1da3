"""Swagger 2 documents in the shape of OpenAPI 3; schemas are left as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.openapi.references import resolve
from harness.openapi.text import METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT = ("name", "in", "required", "description", "explode", "style")
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


def upgraded(root: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with `servers`, `requestBody`, `content` and `components`; `definitions` stay."""
    result = {key: value for key, value in root.items() if key not in {"parameters", "responses"}}
    paths = root.get("paths")
    paths = paths if isinstance(paths, dict) else {}
    return result | {
        "servers": [{"url": url} for url in _servers(root)],
        "paths": {path: _path_item(root, item) for path, item in paths.items()},
        "components": {
            "schemas": root.get("definitions", {}),
            "securitySchemes": _schemes(root.get("securityDefinitions")),
        },
    }


def _servers(root: Mapping[str, Any]) -> list[str]:
    base = root.get("basePath")
    base = base if isinstance(base, str) else "/"
    host = root.get("host")
    return [f"//{host}{base}"] if isinstance(host, str) and host else [base]


def _path_item(root: Mapping[str, Any], item: Any) -> Any:
    item = resolve(root, item)
    shared = _list(item.get("parameters"))
    return {
        key: _operation(root, value, shared) if key in METHODS and isinstance(value, dict) else value
        for key, value in item.items()
        if key != "parameters"
    }


def _operation(root: Mapping[str, Any], operation: dict[str, Any], shared: list[Any]) -> dict[str, Any]:
    named = {
        (one.get("name"), one.get("in")): one
        for one in (resolve(root, item) for item in [*shared, *_list(operation.get("parameters"))])
    }
    parameters = list(named.values())
    produces = _texts(operation.get("produces")) or _texts(root.get("produces")) or ["application/json"]
    consumes = _texts(operation.get("consumes")) or _texts(root.get("consumes")) or ["application/json"]
    responses = operation.get("responses")
    result = {key: value for key, value in operation.items() if key != "parameters"}
    result["parameters"] = [_parameter(one) for one in parameters if one.get("in") not in {"body", "formData"}]
    result["responses"] = (
        {str(status): _response(resolve(root, response), produces) for status, response in (responses or {}).items()}
        if isinstance(responses, dict)
        else {}
    )
    if body := _body(parameters, consumes):
        result["requestBody"] = body
    return result


def _parameter(parameter: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in parameter.items() if key in _KEPT}
    return kept | {
        "schema": {key: value for key, value in parameter.items() if key not in _KEPT or key == "description"}
    }


def _body(parameters: list[Mapping[str, Any]], consumes: list[str]) -> dict[str, Any] | None:
    for parameter in parameters:
        if parameter.get("in") == "body":
            return {
                "required": parameter.get("required") is True,
                "content": {media: {"schema": parameter.get("schema", {})} for media in consumes},
            }
    fields = [parameter for parameter in parameters if parameter.get("in") == "formData"]
    if not fields:
        return None
    has_file = any(field.get("type") == "file" for field in fields)
    media = [form for form in _FORMS if form in consumes] or [_FORMS[0] if has_file else _FORMS[1]]
    required = [str(field.get("name")) for field in fields if field.get("required") is True]
    schema = {
        "type": "object",
        "properties": {str(field.get("name")): _parameter(field)["schema"] for field in fields},
        "required": required,
    }
    return {"required": bool(required), "content": {form: {"schema": schema} for form in media}}


def _response(response: Mapping[str, Any], produces: list[str]) -> dict[str, Any]:
    headers = response.get("headers")
    return {
        "description": response.get("description", ""),
        "headers": {name: {"schema": value} for name, value in headers.items()} if isinstance(headers, dict) else {},
        "content": {media: {"schema": response["schema"]} for media in produces} if "schema" in response else {},
    }


def _schemes(definitions: Any) -> dict[str, Any]:
    return (
        {name: _scheme(value) for name, value in definitions.items() if isinstance(value, dict)}
        if isinstance(definitions, dict)
        else {}
    )


def _scheme(scheme: dict[str, Any]) -> dict[str, Any]:
    if scheme.get("type") == "basic":
        return {"type": "http", "scheme": "basic"}
    if scheme.get("type") == "oauth2":
        flow = {"accessCode": "authorizationCode", "application": "clientCredentials"}.get(
            str(scheme.get("flow")), str(scheme.get("flow"))
        )
        return {"type": "oauth2", "flows": {flow: scheme}}
    return scheme


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [item for item in _list(value) if isinstance(item, str)]
