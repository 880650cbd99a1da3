"""From one page of a list to the next, in the ways that APIs have for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit

from harness import requests

if TYPE_CHECKING:
    from harness.model import Request
    from harness.scenario.schema import ListCall

NEXT_PAGE = ", next page"
"""What the purpose of a request ends with that goes on where a page ended."""
MAX_PAGES = 20


def first_page(call: ListCall, variables: dict[str, Any], parents: tuple[Any, ...], limit: int | None) -> Request:
    """Return the request of the first page, of `limit` items where the target takes a size."""
    query = {call.pagination.limit: limit} if limit is not None and call.pagination and call.pagination.limit else {}
    return requests.build(call, variables, parents, query=query)


def next_page(call: ListCall, previous: Request, document: Any, size: int, seen: int) -> Request | None:
    """Return the request of the page after `document` with its `size` items, `seen` in all; None after the last."""
    pagination = call.pagination
    if pagination is None:
        return None
    if pagination.style in {"cursor", "link"}:
        token = requests.at(document, pagination.next or "/next")
        if token in (None, ""):
            return None
        if pagination.style == "link":
            return _linked(previous, str(token))
        return with_query(previous, pagination.parameter, str(token))
    total = requests.at(document, call.total) if call.total is not None else None
    if size == 0 or (isinstance(total, int) and seen >= total):
        return None
    current = parse_qs(urlsplit(previous.target).query).get(pagination.parameter, [None])[0]
    following = seen if pagination.style == "offset" else int(current or 1) + 1
    return with_query(previous, pagination.parameter, str(following))


def with_query(request: Request, name: str, value: str) -> Request:
    """Return the request with one query parameter set, in place of what it was."""
    path, _, query = request.target.partition("?")
    others = [(key, each) for key, each in parse_qsl(query, keep_blank_values=True) if key != name]
    return replace(request, target=f"{path}?{urlencode([*others, (name, value)])}")


def _linked(request: Request, link: str) -> Request | None:
    """Follow a link to the next page, relative or not: only its path and query, never its host; None if it is none."""
    try:
        parts = urlsplit(urljoin(request.target, link))
    except ValueError:
        return None
    return replace(request, target=parts.path + (f"?{parts.query}" if parts.query else ""))
