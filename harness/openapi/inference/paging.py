"""How a documented list goes on to its next page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.openapi.inference.words import CURSORS, LIMITS, OFFSETS, PAGES, first_of
from harness.scenario.schema import Pagination

if TYPE_CHECKING:
    from harness.model import Operation
    from harness.openapi.inference.answers import ListShape


def pagination(operation: Operation, found: ListShape) -> Pagination | None:
    """Return the pagination that the query parameters, the answer and its headers document, or None."""
    names = [one.name for one in operation.parameters if one.location == "query"]
    limit = first_of(names, LIMITS)
    cursor, offset, page = first_of(names, CURSORS), first_of(names, OFFSETS), first_of(names, PAGES)
    if cursor is not None and found.next is not None:
        return Pagination(style="cursor", parameter=cursor, limit=limit, next=found.next)
    if offset is not None:
        return Pagination(style="offset", parameter=offset, limit=limit, next=None)
    if page is not None:
        return Pagination(style="page", parameter=page, limit=limit, next=None)
    if found.link is not None:
        return Pagination(style="link", parameter="", limit=limit, next=found.link)
    headers = {name.lower() for response in operation.responses for name in response.headers}
    return Pagination(style="link", parameter="", limit=limit, next=None) if "link" in headers else None
