"""Insomnia exports: format 4 (a list of resources) and format 5 (a tree)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.openapi.sources.recorded import JSON, MISSING, Carrier, Recorded, body_of, carrier_in, items
from harness.openapi.sources.templated import address, json_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = "an Insomnia export"
MOST_LEVELS = 30


def fits(values: Mapping[str, Any]) -> bool:
    """Whether these are the values of an export."""
    is_tree = str(values.get("type", "")).startswith("collection.insomnia") and isinstance(
        values.get("collection"), list
    )
    return is_tree or (values.get("_type") == "export" and isinstance(values.get("resources"), list))


def requests(values: Mapping[str, Any]) -> Iterator[Recorded]:
    """Yield each request of either format."""
    if "collection" in values:
        given = values.get("environments")
        yield from _tree(values["collection"], _texts(given if isinstance(given, dict) else {}), {}, 0)
        return
    resources = items(values["resources"])
    variables = {
        key: value for one in resources if one.get("_type") == "environment" for key, value in _texts(one).items()
    }
    by_id = {one.get("_id"): one for one in resources}
    for one in resources:
        if one.get("_type") == "request":
            yield _recorded(one, variables, _inherited(one, by_id))


def _tree(nodes: Any, variables: Mapping[str, str], auth: Mapping[str, Any], level: int) -> Iterator[Recorded]:
    for node in items(nodes):
        own = _auth(node) or auth
        if "children" in node and level < MOST_LEVELS:
            yield from _tree(node["children"], {**variables, **_texts(node.get("environment"))}, own, level + 1)
        elif isinstance(node.get("url"), str) and "method" in node:
            yield _recorded(node, variables, own)


def _inherited(one: Mapping[str, Any], by_id: Mapping[Any, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the authentication of a request or of the nearest folder that has one."""
    node: Mapping[str, Any] | None = one
    for _ in range(MOST_LEVELS):
        if node is None or _auth(node):
            break
        node = by_id.get(node.get("parentId"))
    return _auth(node or {})


def _auth(node: Mapping[str, Any]) -> Mapping[str, Any]:
    found = node.get("authentication")
    return found if isinstance(found, dict) and found.get("type") and found.get("disabled") is not True else {}


def _texts(environment: Any) -> dict[str, str]:
    """Return the variables of an environment and of those below it."""
    known: dict[str, str] = {}
    if isinstance(environment, dict):
        data = environment.get("data", environment)
        known = {key: value for key, value in data.items() if isinstance(value, str)} if isinstance(data, dict) else {}
        for below in items(environment.get("subEnvironments")):
            known = {**_texts(below), **known}
    return known


def _recorded(one: Mapping[str, Any], variables: Mapping[str, str], auth: Mapping[str, Any]) -> Recorded:
    url, query = address(str(one.get("url", "")), variables)
    headers = [(str(each.get("name", "")), str(each.get("value", ""))) for each in _enabled(one.get("headers"))]
    media, body, files = _body(one.get("body"), {name.lower(): value for name, value in headers})
    return Recorded(
        name=str(one.get("name", "")),
        method=str(one.get("method", "GET")).upper(),
        url=url,
        query=tuple(str(each.get("name")) for each in _enabled(one.get("parameters")) if each.get("name")) or query,
        media=media,
        body=body,
        files=files,
        carrier=_carrier(auth) or carrier_in(headers),
        open=auth.get("type") == "none",
    )


def _enabled(value: Any) -> list[dict[str, Any]]:
    return [one for one in items(value) if one.get("disabled") is not True]


def _body(body: Any, headers: Mapping[str, str]) -> tuple[str, Any, frozenset[str]]:
    if not isinstance(body, dict):
        return "", MISSING, frozenset()
    media = str(body.get("mimeType") or headers.get("content-type") or JSON)
    fields = [
        {"name": one.get("name"), "value": one.get("value"), **({"fileName": ""} if one.get("type") == "file" else {})}
        for one in _enabled(body.get("params"))
    ]
    value = json_body(body.get("text"))
    return body_of(media, json.dumps(value) if value is not MISSING else None, fields)


def _carrier(auth: Mapping[str, Any]) -> Carrier | None:
    kind = auth.get("type")
    if kind in {"bearer", "oauth2", "singleToken"}:
        prefix = str(auth.get("prefix") or "Bearer")
        return Carrier("bearer") if prefix == "Bearer" else Carrier("header", "Authorization", prefix)
    if kind == "basic":
        return Carrier("basic")
    place, key = auth.get("addTo", "header"), auth.get("key")
    if kind == "apikey" and place in {"header", "cookie"} and isinstance(key, str) and key:
        return Carrier(str(place), key)
    return None
