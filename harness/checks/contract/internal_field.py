"""Fields from inside the service in a response: paths, keys, hashes of passwords (OWASP API3:2023, CWE-213).

Of a name that only begins with an underscore nobody knows what it is worth: that is told, and stops nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.checks._watching import Problem, Seen, StatusWatcher
from harness.model import Needs, Severity
from harness.openapi.inference.words import stem
from harness.registry import watcher

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from harness.lab import Lab
    from harness.model import Request

NAMES = re.compile(
    r"^_|^(?:internal|private|debug|raw)_|_?password(?:_?hash)?$|passwd|_hash$|_salt$|^salt$|secret|private_?key"
    r"|(?:^|_)(?:kms|encryption|data)?_?key_(?:id|version)$|^storage_(?:path|key|url)$|^(?:file|disk|local|server)_?path$"
    r"|^(?:bucket|s3_key|blob_(?:path|key)|object_key)$|^(?:ciphertext|nonce|wrapped_key|auth_tag)$|^(?:db|database|row|pg)_|_internal$"
    r"|^is_(?:deleted|internal)$|^deleted_at$|^tenant_secret$|^ctid$|^xmin$",
    re.IGNORECASE,
)
CONVENTIONS = re.compile(
    r"_(?:links|embedded|templates|meta|schema|errors|id|rev|etag|created|updated|type|version)|__v"
)
"""Names with an underscore that are no secret: of HAL, marshmallow, zod, MongoDB, CouchDB, Eve and Mongoose."""
VALUES = re.compile(
    r"^(?:/(?:home|usr|var|srv|opt|etc|root|data|mnt)/[\w.-]+|[a-z0-9+]+://[^\s:/@]*:[^\s/@]+@|s3://|gs://|file://)"
    r"|^\$(?:2[aby]|argon2i?d?|scrypt)\$|-----BEGIN [A-Z ]*PRIVATE KEY"
)


@watcher(
    severity=Severity.HIGH,
    catches=["contract.internal-field"],
    needs=Needs(users=0, features=("document",), writes=False),
    owasp="API3:2023",
    cwe=213,
)
def internal_field(lab: Lab) -> StatusWatcher:
    """No response shows a field from inside the service that the document does not describe."""
    assert lab.session.document is not None  # noqa: S101 -- Needs(features=("document",))
    root = lab.session.document.root
    known: dict[int, Described] = {}
    own_words, asked = things(lab), taken(lab, root)
    given: set[tuple[str, str]] = set()

    def look(seen: Seen) -> Problem | bool:
        schema = seen.schema
        given.update(_sent(seen.exchange.request))
        if id(schema) not in known:  # schemas live as long as the document
            told = describe(schema, root)
            known[id(schema)] = Described(told.names | own_words, told.maps)
        described = known[id(schema)]
        if seen.response.is_error:  # what is wrong with a request is said by the names of its fields
            described = replace(described, names=described.names | asked)
        return judge(seen, described, given)

    claim = "bodies without internal fields"
    return StatusWatcher(lab=lab, subject="internal fields", claim=claim, judge=look, json=True)


@dataclass(frozen=True, slots=True)
class Described:
    """The names of properties in a schema, and those of them that hold whatever the caller has put there."""

    names: frozenset[str]
    maps: frozenset[str]


def _sent(request: Request) -> Iterator[tuple[str, str]]:
    """Walk the fields with such names that a caller has made up: a service that keeps any field shows them again."""
    if requests.is_json_object(request):
        found = members(requests.parsed(request.body), ())
        yield from ((name, str(value)) for name, value in found if sounds_internal(name))


def judge(seen: Seen, described: Described, given: Collection[tuple[str, str]] = ()) -> Problem | bool:
    """Return a field whose name or value looks internal, unless the document describes it, or it was `given` by us."""
    document = seen.document
    if seen.operation is None or not isinstance(document, dict | list) or is_description(document):
        return False
    sent = seen.exchange.request.body.decode("utf-8", "replace")
    for name, value in members(document, described.maps):
        betrays = isinstance(value, str) and VALUES.search(value) is not None and value not in sent
        internal = sounds_internal(name) or betrays
        if internal and name not in described.names and f'"{name}"' not in sent and (name, str(value)) not in given:
            return Problem(
                subject=f"{seen.operation.id}: {name}",
                sentence=f"{seen.name} shows {name!r}, which the document does not describe",
                operation=seen.operation.id,
                severity=None if betrays or NAMES.search(name.lstrip("_")) else Severity.MEDIUM,
            )
    return True


@lru_cache(maxsize=4096)
def sounds_internal(name: str) -> bool:
    """Whether a name is one of those that are given inside a service: the same few come in every answer."""
    return NAMES.search(name) is not None and CONVENTIONS.fullmatch(name) is None


def is_description(document: Any) -> bool:
    """Whether this is an OpenAPI document, whose names are those of other answers."""
    return isinstance(document, dict) and "paths" in document and bool({"openapi", "swagger"} & document.keys())


def things(lab: Lab) -> frozenset[str]:
    """Return what the paths of the document call the things they address: `box` where there is /boxes/{id}."""
    found = set()
    for operation in lab.operations:
        parts = operation.path.split("/")
        found |= {stem(part) for part, following in pairwise(parts) if following.startswith("{") and "{" not in part}
    return frozenset(found)


def taken(lab: Lab, root: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of all fields and parameters that the document lets callers send."""
    parameters = {one.name for operation in lab.operations for one in operation.parameters}
    bodies = [describe(body.schema, root).names for operation in lab.operations for body in operation.bodies]
    return frozenset(parameters).union(*bodies)


def members(node: Any, maps: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Walk the names and values of every object in a JSON value, but for what is below one of `maps`."""
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, dict):
            yield from ((str(name), value) for name, value in current.items())
            stack.extend(value for name, value in current.items() if name not in maps)
        elif isinstance(current, list):
            stack.extend(current)


def describe(schema: Mapping[str, Any] | None, root: Mapping[str, Any]) -> Described:
    """Return every property name in a schema, through its references."""
    properties: dict[str, list[Any]] = {}
    seen: set[str] = set()
    stack: list[Any] = [schema]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, dict):
            target = node.get("$ref")
            if isinstance(target, str) and target not in seen:
                seen.add(target)
                stack.append(requests.pointer(root, target.removeprefix("#")))
            declared = node.get("properties")
            for name, value in declared.items() if isinstance(declared, dict) else ():
                properties.setdefault(name, []).append(value)
            stack.extend(node.values())
    maps = frozenset(name for name, found in properties.items() if any(_is_map(each) for each in found))
    return Described(frozenset(properties), maps)


def _is_map(schema: Any) -> bool:
    """Whether an object of any names is described, alone or beside null."""
    if not isinstance(schema, dict):
        return False
    if any(_is_map(each) for key in ("anyOf", "oneOf", "allOf") for each in schema.get(key) or ()):
        return True
    return bool(schema.get("additionalProperties")) and not schema.get("properties")
