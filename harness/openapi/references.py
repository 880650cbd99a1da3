"""Local references: following them, and refusing those that lead out of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from harness.errors import ConfigurationError

REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef", "operationRef")
MAX_HOPS = 50


def escaped(key: object) -> str:
    """Return one step of a JSON pointer (RFC 6901)."""
    return str(key).replace("~", "~0").replace("/", "~1")


def pointed(root: Any, reference: str) -> Any:
    """Return what a local reference ("#/a/b") points to. Raises LookupError where there is nothing."""
    if not reference.startswith("#/"):
        raise LookupError(reference)
    node = root
    for step in reference[2:].split("/"):
        key = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(node, Mapping):
            node = node[key]
        elif isinstance(node, list) and key.isdecimal() and len(key) < 10:  # noqa: PLR2004 - no list is longer
            node = node[int(key)]
        else:
            raise LookupError(reference)
    return node


def resolve(root: Any, node: Any) -> Mapping[str, Any]:
    """Follow `$ref`s from `node`; keywords beside a reference win over those of its target.

    What leads nowhere, or is no mapping (a boolean schema too), is the empty mapping, which allows everything.
    """
    beside: dict[str, Any] = {}
    for _ in range(MAX_HOPS):
        if not isinstance(node, Mapping):
            return beside
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return {**node, **beside} if beside else node
        beside = {**{key: value for key, value in node.items() if key != "$ref"}, **beside}
        try:
            node = pointed(root, reference)
        except LookupError:
            return beside
    return beside


def refuse_remote(root: Any, *, where: str) -> None:
    """Raise ConfigurationError at the first reference that would make a reader fetch another document."""
    stack: list[tuple[Any, str]] = [(root, "#")]
    while stack:
        node, place = stack.pop()
        if isinstance(node, dict):
            _refuse_here(node, f"{where}: {place}")
        steps = node.items() if isinstance(node, dict) else enumerate(node)
        stack.extend((value, f"{place}/{escaped(key)}") for key, value in steps if isinstance(value, (dict, list)))


def _refuse_here(node: Mapping[str, Any], place: str) -> None:
    for key in REFERENCES:
        found = node.get(key)
        if isinstance(found, str) and not found.startswith("#"):
            raise ConfigurationError(
                f"{place}/{key}: expected a reference within the document (#/...), found {found[:200]!r};"
                " bundle the document into one file"
            )
    found = node.get("externalValue")
    if isinstance(found, str):
        raise ConfigurationError(
            f"{place}/externalValue: expected an inline `value`, found {found[:200]!r}, which is never fetched"
        )
