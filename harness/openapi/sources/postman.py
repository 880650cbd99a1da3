"""Postman collections, format 2.0 and 2.1."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.openapi.sources.recorded import (
    FORM,
    JSON,
    MISSING,
    MULTIPART,
    Carrier,
    Recorded,
    body_of,
    carrier_in,
    items,
    parsed_json,
)
from harness.openapi.sources.templated import address, json_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = "a Postman collection"
MOST_LEVELS = 30


def fits(values: Mapping[str, Any]) -> bool:
    """Whether these are the values of a collection."""
    return isinstance(values.get("info"), dict) and isinstance(values.get("item"), list) and "openapi" not in values


def requests(values: Mapping[str, Any]) -> Iterator[Recorded]:
    """Yield each request, once for each answer that was saved with it."""
    variables = {str(one.get("key")): str(one.get("value", "")) for one in items(values.get("variable"))}
    yield from _below(values, variables, values.get("auth"), 0)


def _below(holder: Mapping[str, Any], variables: Mapping[str, str], auth: Any, level: int) -> Iterator[Recorded]:
    for item in items(holder.get("item")):
        inherited = item.get("auth", auth)
        if "item" in item and level < MOST_LEVELS:
            yield from _below(item, variables, inherited, level + 1)
        request = item.get("request")
        if isinstance(request, str):
            request = {"url": request}
        if isinstance(request, dict):
            answers = items(item.get("response")) or [{}]
            for answer in answers:
                yield _recorded(str(item.get("name", "")), request, answer, variables, request.get("auth", inherited))


def _recorded(
    name: str, request: Mapping[str, Any], answer: Mapping[str, Any], variables: Mapping[str, str], auth: Any
) -> Recorded:
    url, query = _address(request.get("url"), variables)
    headers, answered = _headers(request), _headers(answer)
    media, body, files = _body(request.get("body"), {key.lower(): value for key, value in headers})
    status = answer.get("code")
    value = parsed_json(answer.get("body"))
    return Recorded(
        name=name,
        method=str(request.get("method", "GET")).upper(),
        url=url,
        query=query,
        media=media,
        body=body,
        files=files,
        status=status if isinstance(status, int) else None,
        answer=value,
        answer_media=JSON if value is not MISSING else "",
        answer_headers=tuple(key for key, _ in answered),
        location=next((value for key, value in answered if key.lower() == "location"), ""),
        carrier=_carrier(auth) or carrier_in(headers),
        open=isinstance(auth, dict) and auth.get("type") == "noauth",
    )


def _address(url: Any, variables: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    if not isinstance(url, dict):
        return address(str(url or ""), variables)
    found, names = address(str(url.get("raw") or ""), variables)
    if not url.get("raw") and isinstance(url.get("path"), list):
        found, names = address("/" + "/".join(map(str, url["path"])), variables)
    listed = [
        str(one.get("key")) for one in items(url.get("query")) if one.get("key") and one.get("disabled") is not True
    ]
    return found, tuple(listed) or names


def _headers(message: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = [one for one in items(message.get("header")) if one.get("disabled") is not True]
    return [(str(one.get("key", "")), str(one.get("value", ""))) for one in found]


def _body(body: Any, headers: Mapping[str, str]) -> tuple[str, Any, frozenset[str]]:
    if not isinstance(body, dict):
        return "", MISSING, frozenset()
    mode = body.get("mode")
    if mode in {"urlencoded", "formdata"}:
        given = [one for one in items(body.get(mode)) if one.get("disabled") is not True]
        fields = [
            {
                "name": one.get("key"),
                "value": one.get("value"),
                **({"fileName": ""} if one.get("type") == "file" else {}),
            }
            for one in given
        ]
        return body_of(FORM if mode == "urlencoded" else MULTIPART, None, fields)
    value = json_body(body.get("raw")) if mode == "raw" else MISSING
    if value is MISSING:
        return headers.get("content-type", ""), MISSING, frozenset()
    return body_of(headers.get("content-type", JSON), json.dumps(value), ())


def _carrier(auth: Any) -> Carrier | None:
    kind = auth.get("type") if isinstance(auth, dict) else None
    if kind in {"bearer", "oauth2", "jwt"}:
        return Carrier("bearer")
    if kind == "basic":
        return Carrier("basic")
    if kind == "apikey":
        given = auth.get("apikey")
        known = {str(one.get("key")): str(one.get("value", "")) for one in items(given)}
        known = known or ({str(key): str(value) for key, value in given.items()} if isinstance(given, dict) else {})
        return Carrier("header", known["key"]) if known.get("key") and known.get("in", "header") == "header" else None
    return None
