"""The nouns of a run as JSON, and back: what is read from a bundle is checked like any other input."""

from __future__ import annotations

import base64
import collections.abc
import functools
import hashlib
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from harness import model
from harness.errors import HarnessError
from harness.model import Exchange, Headers, Observation, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

T = TypeVar("T")
FULL_BODY = 64 * 1024


class EvidenceError(HarnessError):
    """A bundle cannot be what it claims to be: says which file, what was expected and what was found."""


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Annotations may name what a module imports for type checkers only, so the names are given here."""
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    adapter.rebuild(force=True, _types_namespace={**vars(collections.abc), **vars(model), "Any": Any})
    return adapter


def encode(value: Any) -> Any:
    """Return a value of `harness.model` as JSON data; fields that have their default are left out."""
    return _adapter(cast("Any", type(value))).dump_python(value, mode="json", exclude_defaults=True, fallback=str)


def decode(kind: type[T], data: Any, *, where: str) -> T:
    """Return the value of type `kind` that `data` describes.

    Raises EvidenceError that names `where` and the key that is wrong.
    """
    try:
        value: T = _adapter(cast("Any", kind)).validate_python(data)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False)[0]
        path = ".".join(map(str, problem["loc"]))
        raise EvidenceError(
            f"{where}: expected a {kind.__name__}, but {path or 'it'} is wrong: {problem['msg']}"
        ) from error
    return value


def finite(value: Any) -> Any:
    """Return JSON data that every reader takes.

    Infinite and undefined numbers become "Infinity", "-Infinity" and "NaN"; half a surrogate pair becomes its escape.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, dict):
        return {whole(str(key)): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def whole(text: str) -> str:
    r"""Return text that can be encoded: what a target sent as \ud800 alone is shown as these six characters."""
    return text.encode("utf-8", "backslashreplace").decode()


def json_bytes(data: Any) -> bytes:
    """Return JSON for people: indented, UTF-8, a newline at the end."""
    return _json(data, indent=2)


def json_lines(rows: Iterable[Any]) -> bytes:
    """Return one JSON document on each line."""
    return b"".join(_json(row) for row in rows)


def _json(data: Any, *, indent: int | None = None) -> bytes:
    """Hardly ever is there anything that not every reader takes, so it is looked for only then."""
    try:
        return to_json(data, indent=indent, inf_nan_mode="strings") + b"\n"
    except ValueError:  # half a surrogate pair
        return to_json(finite(data), indent=indent) + b"\n"


def parse_json(data: bytes, *, where: str) -> Any:
    """Return the JSON document in `data`; raises EvidenceError that names `where`."""
    try:
        return from_json(data)
    except ValueError as error:
        raise EvidenceError(f"{where}: expected JSON, found something else: {error}") from error


def parse_lines(data: bytes, *, where: str) -> list[Any]:
    """Return the JSON documents in `data`, one a line; raises EvidenceError that names `where` and the line."""
    return [parse_json(line, where=f"{where}:{number}") for number, line in enumerate(data.splitlines(), 1)]


def encode_results(results: Sequence[Result]) -> Iterable[dict[str, Any]]:
    """Yield for each check its head, then one row for each of its observations."""
    for result in results:
        head = encode(replace(result, check=replace(result.check, run=None, watch=None), observations=()))
        yield head
        for observation in result.observations:
            yield {"of": result.check.id, "observation": encode(observation)}


def decode_results(rows: Sequence[Any], *, where: str) -> tuple[Result, ...]:
    """Return the results of which `rows` are the heads and observations."""
    heads: list[Result] = []
    observations: list[list[Observation]] = []
    for number, row in enumerate(rows, 1):
        place = f"{where}:{number}"
        if not isinstance(row, dict):
            raise EvidenceError(f"{place}: expected an object, found {type(row).__name__}")
        if "observation" not in row:
            heads.append(decode(Result, row, where=place))
            observations.append([])
            continue
        if not heads or row.get("of") != heads[-1].check.id:
            raise EvidenceError(
                f"{place}: expected an observation of the check above it, found one of {row.get('of')!r}"
            )
        observations[-1].append(decode(Observation, row["observation"], where=place))
    return tuple(replace(head, observations=tuple(seen)) for head, seen in zip(heads, observations, strict=True))


def encode_exchange(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange as JSON data; a body is text where it is UTF-8, else base64, with its size and digest."""
    request, response = exchange.request, exchange.response
    bare = replace(exchange, request=replace(request, body=b"", headers=()), response=None)
    row: dict[str, Any] = encode(bare)
    row["request"] |= {"headers": _encode_headers(request.headers), "body": _encode_body(request.body)}
    if response is not None:
        head = {"status": response.status, "headers": _encode_headers(response.headers)}
        row["response"] = {**head, "body": _encode_body(response.body), "truncated": response.truncated}
    return row


def decode_exchange(row: Any, *, where: str) -> Exchange:
    """Return the exchange that `row` describes."""
    try:
        response = row.get("response")
        parts = {"request": row["request"] | {"body": _decode_body(row["request"]["body"])}}
        if response is not None:
            parts["response"] = response | {"body": _decode_body(response["body"])}
        return decode(Exchange, {**row, **parts}, where=where)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"{where}: expected an exchange, found something else: {error!r}") from error


def _encode_headers(headers: Headers) -> list[list[str]]:
    return [[name, value] for name, value in headers]


def _encode_body(body: bytes) -> dict[str, Any] | None:
    if not body:
        return None
    kept = body[:FULL_BODY]
    size = {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    try:
        return {"text": kept.decode(), **size}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(kept).decode(), **size}


def _decode_body(body: Mapping[str, Any] | None) -> bytes:
    if body is None:
        return b""
    return str(body["text"]).encode() if "text" in body else base64.b64decode(body["base64"])
