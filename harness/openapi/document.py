"""An OpenAPI document as values: its operations, with schemas in JSON Schema 2020-12."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from harness.errors import ConfigurationError
from harness.openapi.operations import operations_of
from harness.openapi.references import escaped, refuse_remote
from harness.openapi.schemas import Translator, cut_loops
from harness.openapi.sources import RECORDED, recorded_document, script
from harness.openapi.swagger2 import upgraded
from harness.openapi.text import read_values

if TYPE_CHECKING:
    from harness.model import Operation

_OPAQUE = frozenset({"example", "examples", "default", "enum", "const", "callbacks", "links", "webhooks"})
_NAMES = frozenset(
    {"paths", "responses", "headers", "content", "requestBodies", "securitySchemes", "pathItems", "scopes", "mapping"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A parsed document.

    `root` has the shape of OpenAPI 3.1 whatever the source was; pointers of 3.x documents stay valid in it.
    `dialect` is the source's "2.0", "3.0" or "3.1". `prefix` is the path of the first server, already part of every
    `Operation.path`. `problems` are parts that are not understood and so not judged. Servers are never contacted.
    `recorded` says what was made into this document, where it is a recording or collection: then it promises nothing.
    """

    operations: tuple[Operation, ...]
    title: str
    version: str
    dialect: str
    digest: str
    text: str = field(repr=False)
    root: Mapping[str, Any] = field(repr=False)
    servers: tuple[str, ...] = ()
    prefix: str = ""
    security_schemes: Mapping[str, Any] = field(default_factory=dict)
    recorded: str = ""
    problems: tuple[str, ...] = ()


@lru_cache(maxsize=4)
def parse_document(text: str, *, where: str, prefix: str | None = None, host: str | None = None) -> Document:
    """Return the OpenAPI 3.0, 3.1 or Swagger 2 document in `text`, which is JSON or YAML; `where` names it in errors.

    A HAR file, a Postman collection or an Insomnia export is made into a document, of requests to `host` where it holds
    any; of the script of a page of Swagger UI, the document that it holds is taken. `prefix` replaces the path of the
    document's first server, for a base URL that already has it.
    Raises ConfigurationError for anything else, and for references that leave the document. Who asks for the same again
    gets the same: nothing of a document is ever changed.
    """
    text = script.held(text) or text
    values, lines = read_values(text, where=where)
    if (recorded := recorded_document(values, where=where, host=host, prefix=(prefix or "").rstrip("/"))) is not None:
        values, lines, text = recorded, {}, json.dumps(recorded, indent=1)  # nothing else of a recording goes anywhere
    dialect = _dialect(values, where)
    refuse_remote(values, where=where)
    source = upgraded(values) if dialect == "2.0" else values
    translator = Translator(root=source, siblings=dialect == "3.1")
    root = _translated(source, "#", translator)
    cut_loops(translator, root, _targets(root))
    servers = _servers(root)
    if prefix is None:
        prefix = urlsplit(servers[0]).path if servers else ""
    prefix = f"/{prefix.strip('/')}".rstrip("/")
    info = root.get("info")
    info = info if isinstance(info, Mapping) else {}
    components = root.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, Mapping) else {}
    return Document(
        operations=operations_of(root, prefix=prefix, lines=lines),
        title=str(info.get("title", "")),
        version=str(info.get("version", "")),
        dialect=dialect,
        digest=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        text=text,
        root=root,
        servers=servers,
        prefix=prefix,
        security_schemes=schemes if isinstance(schemes, Mapping) else {},
        recorded=str(root.get(RECORDED, "")),
        problems=tuple(translator.problems),
    )


def _dialect(values: Any, where: str) -> str:
    expected = (
        "expected an OpenAPI document (openapi: 3.0.x or 3.1.x, or swagger: 2.0),"
        " a HAR file, or a Postman or Insomnia collection"
    )
    if not isinstance(values, dict):
        raise ConfigurationError(f"{where}: {expected}, found {_kind(values)}")
    version = values.get("openapi", values.get("swagger"))
    if version is None:
        keys = ", ".join(sorted(map(str, values))[:5]) or "none"
        raise ConfigurationError(
            f"{where}: {expected}, found neither `openapi` nor `swagger` (top-level keys: {keys[:200]})"
        )
    dialect = {"2": "2.0", "2.0": "2.0"}.get(str(version)) if "openapi" not in values else None
    found = re.match(r"3\.[01](?=\.|$)", str(version)) if "openapi" in values else None
    if dialect is None and found is None:
        raise ConfigurationError(f"{where}: {expected}, found version {str(version)[:80]!r}")
    if not isinstance(values.get("paths", {}), dict):
        raise ConfigurationError(f"{where}: #/paths: expected a mapping of paths, found {_kind(values['paths'])}")
    return dialect or (found.group() if found else "")


def _kind(value: Any) -> str:
    names = {
        dict: "a mapping",
        list: "a list",
        str: "a text",
        bool: "a truth value",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), "nothing")


def _translated(node: Any, place: str, translator: Translator, *, names: bool = False) -> Any:
    """Copy the document with every schema translated; keys below `names` are free names, not keywords."""
    if isinstance(node, list):
        return [_translated(item, f"{place}/{index}", translator) for index, item in enumerate(node)]
    if not isinstance(node, dict):
        return node
    result: dict[str, Any] = {}
    for key, value in node.items():
        inner = f"{place}/{escaped(key)}"
        if not names and key in {"schemas", "definitions"} and isinstance(value, dict):
            result[key] = {name: translator.schema(one, f"{inner}/{escaped(name)}") for name, one in value.items()}
        elif not names and key == "schema":
            result[key] = translator.schema(value, inner)
        elif not names and (key in _OPAQUE or key.startswith("x-")):
            result[key] = value
        else:
            is_names = key in _NAMES or (key == "parameters" and isinstance(value, dict))
            result[key] = _translated(value, inner, translator, names=not names and is_names)
    return result


def _targets(root: Mapping[str, Any]) -> dict[str, Any]:
    """Return every named schema, and those in place that a pointer could reach, by pointer."""
    found: dict[str, Any] = {}
    stack: list[tuple[Any, str]] = [(root, "#")]
    while stack:
        node, place = stack.pop()
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str) or {"allOf", "anyOf", "oneOf", "not", "if"} & node.keys():
                found[place] = node
            stack.extend(
                (value, f"{place}/{escaped(key)}") for key, value in node.items() if isinstance(value, (dict, list))
            )
        elif isinstance(node, list):
            stack.extend(
                (value, f"{place}/{index}") for index, value in enumerate(node) if isinstance(value, (dict, list))
            )
    return found


def _servers(root: Mapping[str, Any]) -> tuple[str, ...]:
    servers = root.get("servers")
    urls = [_server_url(server) for server in servers if isinstance(server, dict)] if isinstance(servers, list) else []
    return tuple(url for url in urls if url is not None)


def _server_url(server: dict[str, Any]) -> str | None:
    url = server.get("url")
    variables = server.get("variables")
    if not isinstance(url, str):
        return None
    for name, variable in variables.items() if isinstance(variables, dict) else ():
        default = variable.get("default", "") if isinstance(variable, dict) else ""
        url = url.replace(f"{{{name}}}", str(default))
    try:
        urlsplit(url)
    except ValueError:
        return None
    return url
