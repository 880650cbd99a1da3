"""The operations of a document, one for each method of each path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.model import Body, DeclaredResponse, Operation, Parameter
from harness.openapi.references import resolve
from harness.openapi.shapes import mapping
from harness.openapi.text import METHODS, Lines

_CREDENTIAL_HEADERS = frozenset({"authorization", "x-api-key", "api-key", "x-auth-token", "x-access-token"})


def operations_of(root: Mapping[str, Any], *, prefix: str, lines: Lines) -> tuple[Operation, ...]:
    """Return every operation in the order of the document; `prefix` comes before each path."""
    paths = root.get("paths")
    declares = _declares_security(root)
    found = []
    for path, item in paths.items() if isinstance(paths, Mapping) else ():
        item = resolve(root, item)  # noqa: PLW2901 - a path item may be a reference
        if not path.startswith("/"):
            continue
        for method in METHODS:
            if isinstance(operation := item.get(method), Mapping):
                line = lines.get((path, method), 1)
                found.append(_operation(root, method, prefix + path, item, operation, declares=declares, line=line))
    return tuple(found)


def _operation(
    root: Mapping[str, Any],
    method: str,
    path: str,
    item: Mapping[str, Any],
    operation: Mapping[str, Any],
    *,
    declares: bool,
    line: int,
) -> Operation:
    parameters = _parameters(root, item, operation)
    body = resolve(root, operation.get("requestBody"))
    responses = operation.get("responses")
    return Operation(
        method=method.upper(),
        path=path,
        summary=str(operation.get("summary") or operation.get("operationId") or ""),
        parameters=parameters,
        bodies=_bodies(root, body.get("content")),
        body_required=body.get("required") is True,
        responses=tuple(_response(root, str(status), response) for status, response in responses.items())
        if isinstance(responses, Mapping)
        else (),
        secured=_secured(root, operation, parameters, declares=declares),
        line=line,
    )


def _parameters(
    root: Mapping[str, Any], item: Mapping[str, Any], operation: Mapping[str, Any]
) -> tuple[Parameter, ...]:
    named: dict[tuple[str, str], Parameter] = {}
    for holder in (item, operation):
        declared = holder.get("parameters")
        for node in declared if isinstance(declared, list) else []:
            one = resolve(root, node)
            name, location = one.get("name"), one.get("in")
            if isinstance(name, str) and isinstance(location, str):
                required = location == "path" or one.get("required") is True
                named[name, location] = Parameter(
                    name=name, location=location, required=required, schema=_parameter_schema(root, one)
                )
    return tuple(named.values())


def _parameter_schema(root: Mapping[str, Any], parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    content = parameter.get("content")
    if isinstance(content, Mapping) and content:
        parameter = resolve(root, next(iter(content.values())))
    return resolve(root, parameter.get("schema"))


def _bodies(root: Mapping[str, Any], content: Any) -> tuple[Body, ...]:
    if not isinstance(content, Mapping):
        return ()
    media = ((str(name), resolve(root, value)) for name, value in content.items())
    return tuple(Body(media_type=name, schema=_schema(root, value.get("schema"))) for name, value in media)


def _schema(root: Mapping[str, Any], schema: Any) -> Mapping[str, Any] | None:
    """Resolve a plain reference, so that a reader sees the properties; keep everything else as it is."""
    if schema is False:
        return {"not": {}}
    if not isinstance(schema, Mapping):
        return None
    return resolve(root, schema) if schema.keys() == {"$ref"} else schema


def _response(root: Mapping[str, Any], status: str, node: Any) -> DeclaredResponse:
    response = resolve(root, node)
    headers = response.get("headers")
    return DeclaredResponse(
        status=status,
        bodies=_bodies(root, response.get("content")),
        headers=tuple(str(name) for name in headers) if isinstance(headers, Mapping) else (),
    )


def _declares_security(root: Mapping[str, Any]) -> bool:
    """Whether the document uses security anywhere, so that its absence on one operation means something."""
    if root.get("security"):
        return True
    paths = root.get("paths")
    items = [item for item in paths.values() if isinstance(item, Mapping)] if isinstance(paths, Mapping) else []
    return any(
        isinstance(item.get(method), Mapping) and item[method].get("security") for item in items for method in METHODS
    )


def _secured(
    root: Mapping[str, Any], operation: Mapping[str, Any], parameters: tuple[Parameter, ...], *, declares: bool
) -> bool | None:
    if any(one.required and one.location == "header" and one.name.lower() in _CREDENTIAL_HEADERS for one in parameters):
        return True
    asked = operation.get("security", root.get("security"))
    # Where nothing asks for a credential anywhere, the document does not speak of credentials at all.
    if isinstance(asked, list) and (("security" in operation and declares) or asked):
        return bool(asked) and all(bool(one) for one in asked)
    # A documented 401 contradicts that no credential is asked for.
    return False if declares and "401" not in mapping(operation.get("responses")) else None
