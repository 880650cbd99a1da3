"""From a call of the scenario to a request, and from a response to the values in it."""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode

from harness.model import Headers, Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.model import Identity
    from harness.scenario.schema import Call, Upload

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")
MISSING: Any = object()
CSRF = re.compile("csrf|xsrf", re.IGNORECASE)
"""What a header or cookie is called that proves that no other site has sent a request."""
ANY = "*"
SOMEBODY = frozenset({"user", "owner", "author", "account", "creator", "customer", "created_by"})
"""Members that a step `*` does not go into: they are about somebody else."""


def render(value: Any, variables: Mapping[str, Any]) -> Any:
    """Fill {names} in every string of a JSON-like value; a string that is one placeholder keeps the variable's type.

    Names that are no variables stay as they are.
    """
    if isinstance(value, str):
        whole = PLACEHOLDER.fullmatch(value)
        if whole and whole[1] in variables:
            return variables[whole[1]]
        return PLACEHOLDER.sub(lambda found: str(variables.get(found[1], found[0])), value)
    if isinstance(value, dict):
        return {key: render(each, variables) for key, each in value.items()}
    if isinstance(value, list):
        return [render(each, variables) for each in value]
    return value


def naming(identity: Identity) -> dict[str, Any]:
    """Return the variables that name a user: as a text, as the number that it is, where it is one, and by its name."""
    user = identity.subject or identity.name
    number = int(user) if user.isascii() and user.isdecimal() else user
    return {"user": user, "user_number": number, "username": identity.username or user}


def of_oneself(call: Call, identity: Identity) -> Request:
    """Return the request by which a user asks about itself; a path may name it."""
    return build(call, naming(identity), ())


def build(
    call: Call, variables: Mapping[str, Any], path_values: Sequence[Any], *, query: Mapping[str, Any] | None = None
) -> Request:
    """Return the request of a call.

    Path parameters that the call does not set are taken from `path_values` (outermost parent first, the object last),
    aligned at the right.
    """
    variables = {**variables, **{name: secrets.choice(values) for name, values in call.among.items() if values}}
    method, _, template = call.operation.partition(" ")
    path = _path(template, {name: str(render(value, variables)) for name, value in call.path.items()}, path_values)
    merged = {**render(call.query, variables), **(query or {})}
    target = path + ("?" + urlencode(merged, doseq=True) if merged else "")
    content_type, body = _body(call, variables)
    headers: Headers = tuple((name, str(render(value, variables))) for name, value in call.headers.items())
    if content_type is not None:
        headers = (("Content-Type", content_type), *headers)
    return Request(method=method, target=target, headers=headers, body=body, operation=call.operation)


def _path(template: str, given: Mapping[str, str], values: Sequence[Any]) -> str:
    open_names = [name for name in PLACEHOLDER.findall(template) if name not in given]
    aligned = list(values)[-len(open_names) :] if open_names else []
    filled = {**given, **{name: str(value) for name, value in zip(open_names, aligned, strict=False)}}
    return PLACEHOLDER.sub(lambda found: quote(filled.get(found[1], found[0]), safe=""), template)


def plain(operation: str) -> Request:
    """Return the request of an operation without parameters ("GET /ready")."""
    method, _, path = operation.partition(" ")
    return Request(method=method, target=path, operation=operation)


def in_path(request: Request, template: str, name: str) -> str | None:
    """Return what stands for a variable of a path template in the path of a request, whatever prefix that has."""
    parts = zip(reversed(template.split("/")), reversed(request.target.partition("?")[0].split("/")), strict=False)
    return next((unquote(value) for part, value in parts if part == f"{{{name}}}"), None)


def _body(call: Call, variables: Mapping[str, Any]) -> tuple[str | None, bytes]:
    if call.body is not None:
        return "application/json", json.dumps(render(call.body, variables)).encode()
    if call.form is not None:
        return "application/x-www-form-urlencoded", urlencode(render(call.form, variables)).encode()
    if call.multipart is not None:
        return _multipart(call.multipart, variables)
    return None, b""


def _multipart(parts: Mapping[str, str | Upload], variables: Mapping[str, Any]) -> tuple[str, bytes]:
    boundary = secrets.token_hex(16)
    out = b""
    for name, part in parts.items():
        disposition, kind, content = f'form-data; name="{name}"', "", part
        if not isinstance(part, str):
            disposition += f'; filename="{render(part.filename, variables)}"'
            kind, content = f"Content-Type: {part.content_type}\r\n", part.content
        out += (
            f"--{boundary}\r\nContent-Disposition: {disposition}\r\n{kind}\r\n{render(content, variables)}\r\n".encode()
        )
    return f"multipart/form-data; boundary={boundary}", out + f"--{boundary}--\r\n".encode()


def is_json_object(request: Request) -> bool:
    """Whether the body of a request is a JSON object."""
    return "json" in (request.header("Content-Type") or "") and request.body.lstrip()[:1] == b"{"


def parsed(body: bytes) -> Any:
    """Return the JSON value of a body, or MISSING."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return MISSING


def pointer(document: Any, path: str) -> Any:
    """Return what a JSON pointer (RFC 6901) names, or None; a step `*` is the first member below which it goes on."""
    return _below(None if document is MISSING else document, None, path.split("/")[1:] if path else [])[0]


def _below(node: Any, above: Any, steps: list[str]) -> tuple[Any, Any]:
    """Return what the steps lead to, and what directly holds it."""
    for number, raw in enumerate(steps):
        part = raw.replace("~1", "/").replace("~0", "~")
        if part == ANY and isinstance(node, dict) and ANY not in node:
            members = (each for name, each in node.items() if isinstance(each, dict) and name.lower() not in SOMEBODY)
            inner = (_below(each, node, steps[number + 1 :]) for each in members)
            return next((found for found in inner if found[0] is not None), (None, None))
        above = node
        if isinstance(node, dict):
            node = node.get(part)
        elif isinstance(node, list) and part.isdecimal() and int(part) < len(node):
            node = node[int(part)]
        else:
            return None, None
    return node, above


def at(document: Any, place: str) -> Any:
    """Return what the first of the pointers of a place, with | between them, names; None if none does."""
    return next((found for each in place.split("|") if (found := pointer(document, each)) is not None), None)


def array(document: Any, place: str) -> list[Any] | None:
    """Return the first array that one of the pointers of a place names."""
    return next((found for each in place.split("|") if isinstance(found := pointer(document, each), list)), None)


def holder(document: Any, place: str) -> Any:
    """Return what directly holds what is `at` a place, or None."""
    root = None if document is MISSING else document
    found = (_below(root, root, each.split("/")[1:] if each else []) for each in place.split("|"))
    return next((above for value, above in found if value is not None), None)


def values(document: Any) -> Iterator[Any]:
    """Walk every scalar of a JSON value."""
    stack = [document]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
        elif node is not MISSING:
            yield node
