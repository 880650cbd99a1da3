"""Addresses and bodies of collections, in which variables stand for values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from harness.openapi.sources.recorded import parsed_json

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLE = re.compile(r"\{\{\s*(?:_\.)?([^{}]*?)\s*\}\}")
_UNQUOTED = re.compile(r'(?<!["\w])\{\{[^{}]*\}\}(?!["\w])')
MOST_HOPS = 5


def address(raw: str, variables: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return a URL without its query, and the names in the query.

    A variable in the path is a {name} of the path template; one that the address begins with is the host.
    """
    url = raw.strip()
    for _ in range(MOST_HOPS):
        url = _VARIABLE.sub(lambda found: _value(found[1], variables, found[0]), url)
    leading = _VARIABLE.match(url)
    url = url[leading.end() :] if leading else url
    url = _VARIABLE.sub(lambda found: f"{{{_name(found[1])}}}", url)
    path, _, query = url.partition("#")[0].partition("?")
    head, slashes, rest = path.partition("://")
    names = tuple(name for name, _ in parse_qsl(query, keep_blank_values=True))
    path = re.sub(r"/:([A-Za-z_]\w*)", r"/{\1}", rest if slashes else path)
    return f"{head}://{path}" if slashes else path if path.startswith("/") else f"/{path}", names


def _value(name: str, variables: Mapping[str, str], otherwise: str) -> str:
    """Return the value of a variable where it can be part of an address, else the variable itself."""
    value = variables.get(name, "")
    is_address = re.match(r"(https?://|/|\{\{)", value) is not None
    return value.rstrip("/") if is_address or re.fullmatch(r"[\w.-]+(:\d+)?", value) else otherwise


def _name(text: str) -> str:
    return re.sub(r"\W+", "_", text).strip("_") or "value"


def json_body(text: object) -> Any:
    """Return the value of a JSON text with variables in it; a variable without quotes stands for a number."""
    return parsed_json(_UNQUOTED.sub("1", text)) if isinstance(text, str) else parsed_json(text)


def is_address(text: str) -> bool:
    """Whether a text is a URL with a host."""
    try:
        return bool(urlsplit(text).netloc)
    except ValueError:
        return False
