"""Lists, a page at a time: newest first, with a cursor for what follows and the number of all that is the caller's."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from tests.targets.projects.cursors import BEGINNING
from tests.targets.projects.problems import invalid
from tests.targets.projects.tags import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.targets.projects.call import Call
    from tests.targets.projects.parts import Parts
    from tests.targets.projects.store import Row

_SIZE = re.compile(r"[1-9][0-9]?|100")
_DEFAULT_SIZE = "20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What to list: a statement, how many there are in all (None: not said), and how one row is shown."""

    scope: str
    statement: str
    show: Callable[[Row], dict[str, Any]]
    count: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)


def page(parts: Parts, call: Call, parameters: Mapping[str, str], listing: Listing) -> Response:
    """Return one page as `data`, `paging.next` and, where it is said, `count`; 304 if the caller has it already."""
    size = _size(parameters)
    owner, before = _position(parts, call, parameters, listing.scope)
    values = {**call.values, **listing.values, "user": owner, "before": before, "limit": size + 1}
    rows = call.store.rows(listing.statement, values)
    content: dict[str, Any] = {"data": [listing.show(row) for row in rows[:size]], "paging": {"next": None}}
    if parts.may_follow(len(rows), size):
        content["paging"] = {"next": parts.cursors(call.secret).seal(call.user, listing.scope, rows[size - 1]["id"])}
    if listing.count is not None:
        content["count"] = call.store.number(listing.count, values)
    response = JSONResponse(content)
    tag = parts.list_tag(call.secret, call.user, call, bytes(response.body))
    if matches(call, tag):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return response


def _size(parameters: Mapping[str, str]) -> int:
    text = parameters.get("page_size", _DEFAULT_SIZE)
    if not _SIZE.fullmatch(text):
        raise invalid("page_size: expected a whole number from 1 to 100")
    return int(text)


def _position(parts: Parts, call: Call, parameters: Mapping[str, str], scope: str) -> tuple[int, int]:
    if "cursor" not in parameters:
        return call.user.id, BEGINNING
    return parts.cursors(call.secret).open(call.user, scope, parameters["cursor"])
