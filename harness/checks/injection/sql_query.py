"""SQL injection (CWE-89) by the query of a list or a search: an order, a filter or a size that becomes a statement.

Names of columns and numbers cannot be bound as values are, so they are put together by those who bind everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.checks.injection._quotes import PLAIN, judge
from harness.checks.validation._input import attempt, ordinary
from harness.expect import skipped
from harness.lab.resource import with_query
from harness.model import Needs, Severity
from harness.openapi.options import values
from harness.openapi.shapes import types_of
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation, Request

ORDERS = ("sort", "sort_by", "sortBy", "order", "order_by", "orderBy", "ordering")
COLUMN, TEXT = "id", "harness"
MOST = 8
"""Parameters of one operation that are tried."""


@check(
    severity=Severity.HIGH,
    catches=["injection.sql"],
    needs=Needs(operations=("create",)),
    owasp="API8:2023",
    cwe=89,
)
async def sql_query(lab: Lab) -> AsyncIterator[Observation]:
    """No parameter of a query becomes a part of a statement."""
    user = await lab.user(lab.session.introductions.names[0])
    tried = False
    for resource in lab.resources_with("create"):
        await ordinary(lab, resource, user)
        for verb in ("list", "search"):
            for request in await _requests(resource, user, verb):
                for query in _queries(lab, request):
                    tried = True
                    yield await judge(_Query(lab=lab, user=user, request=request, query=query))
    if not tried:
        yield skipped("query", "not-applicable", "no list or search is asked for by a query")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Query:
    """Parameters of a request, with what stands in them; alone it is what they must hold to be taken at all."""

    lab: Lab
    user: Identity
    request: Request
    query: Mapping[str, str]

    @property
    def operation(self) -> str:
        return str(self.request.operation)

    @property
    def subject(self) -> str:
        return f"{self.operation}: {self.name}"

    @property
    def name(self) -> str:
        return f"?{'&'.join(self.query)}" if len(self.query) == 1 else f"one of the parameters {', '.join(self.query)}"

    async def sent(self, end: str) -> Exchange:
        """Send the request with something at the end of each value."""
        request = self.request
        for name, value in self.query.items():
            request = with_query(request, name, value if end == PLAIN else f"{value}{end}")
        return await attempt(self.lab, self.user, request)


async def _requests(resource: BoundResource, user: Identity, verb: str) -> list[Request]:
    owned = await resource.create(user) if resource.spec.calls(verb) else None
    calls = resource.spec.calls(verb) if owned is not None else ()
    made = [resource.request(verb, owned, call=call) for call in calls if owned is not None]
    return [request for request in made if request.method == "GET"]


def _queries(lab: Lab, request: Request) -> Iterator[Mapping[str, str]]:
    """Walk the parameters that the document names, and those that usually say the order, all at once."""
    operation, document = lab.operation(str(request.operation)), lab.session.document
    known = [each for each in operation.parameters if each.location == "query"] if operation is not None else []
    root = document.root if document is not None else {}
    for parameter in known[:MOST]:
        kinds = types_of(parameter.schema)
        first = next(iter(values(root, parameter.name, parameter.schema, {})), TEXT)
        if isinstance(first, str | int) and not kinds & {"array", "object", "boolean"}:
            yield {parameter.name: str(first)}
    names = {each.name for each in known}
    yield {name: COLUMN for name in ORDERS if name not in names}
