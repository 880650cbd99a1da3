"""Other spellings of the same route (CWE-799): a limiter that goes by the path must know them all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks.limits._quota import drain, limited_user, limits_of, probe, unusable
from harness.expect import failed, inconclusive, passed
from harness.lab.resource import with_query
from harness.model import Needs, Severity
from harness.openapi.options import values
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import Lab
    from harness.model import Observation, Request

SUBJECT = "spellings"
TIMES = 2
MOST = 6
"""Values of parameters that are tried."""


@check(
    severity=Severity.HIGH,
    catches=["limits.spoofing", "limits.uncounted"],
    needs=Needs(features=("limits", "fresh-users"), drains=True, writes=False),
    owasp="API4:2023",
    cwe=799,
)
async def path_variants(lab: Lab) -> AsyncIterator[Observation]:
    """A limited user stays limited however the route is spelt."""
    alice, client = await limited_user(lab, "alice"), lab.session.client
    drained = await drain(lab, alice)
    useless = unusable(SUBJECT, drained)
    if useless is not None:
        yield useless
        return
    if not drained.refused:
        yield inconclusive(SUBJECT, "no-control", "alice could not be brought to a 429", drained.exchanges[-1])
        return
    variants = [variant for variant in (*_variants(probe(lab)), *_options(lab, probe(lab))) for _ in range(TIMES)]
    answers = [await client.send(alice, variant, purpose="attempt", raw=True) for variant in variants]
    through = [answer for answer in answers if answer.ok]
    refills = int(limits_of(lab).rate * (answers[-1].done - drained.refused[0].sent)) + 1
    refused = sum(answer.limited for answer in answers)
    if len(through) > refills:
        spelt = f"{through[-1].request.method} {through[-1].request.target}"
        sentence = f"limited, alice gets {len(through)} of {len(answers)} requests through by other spellings ({spelt})"
        yield failed(SUBJECT, sentence, *drained.exchanges, through[-1], users=("alice",))
    else:
        sentence = f"limited, alice gets nothing by {len(variants) // TIMES} other spellings of the route"
        yield passed(SUBJECT, f"{sentence} ({refused} of {len(answers)} answered 429)", drained.refused[0], answers[0])


def _options(lab: Lab, request: Request) -> Iterator[Request]:
    """Walk the request with other values of its parameters: what takes longer may be served, and counted, elsewhere."""
    operation, document = lab.operation(str(request.operation)), lab.session.document
    if operation is None or document is None:
        return
    named = ((each.name, each.schema) for each in operation.parameters if each.location == "query")
    every = (
        with_query(request, name, str(value))
        for name, schema in named
        for value in values(document.root, name, schema, {})
        if isinstance(value, str | int) and not isinstance(value, bool)
    )
    yield from (replace(each, operation=None) for _, each in zip(range(MOST), every, strict=False))


def _variants(request: Request) -> Iterator[Request]:
    path, mark, query = request.target.partition("?")
    head, _, last = path.rpartition("/")
    spellings = (
        f"{path}/",
        f"/{path}",
        f"{head}//{last}",
        f"{head}/./{last}",
        f"{head}/%{ord(last[0]):02x}{last[1:]}" if last else path,
        f"{head}/{last.upper()}",
        f"{path}%20",
        f"{path};a=b",
        f"{path}.json",
    )
    for spelling in spellings:
        yield replace(request, target=f"{spelling}{mark}{query}", operation=None)
    yield replace(request, target=f"{request.target}{'&' if mark else '?'}_=1", operation=None)
    yield replace(request, method="HEAD", operation=None)
