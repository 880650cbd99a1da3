"""A limit on size that holds only for those who announce theirs (CWE-770): one byte more, announced and in chunks.

Or for one type of file, or before a body is unpacked: what is measured by another part of a service may be measured too
late.
"""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks.validation._input import attempt, with_file
from harness.expect import failed, inconclusive, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation, Request

CHUNK = 16384


@check(
    severity=Severity.HIGH,
    catches=["validation.size"],
    needs=Needs(operations=("create",), features=("upload-limit",)),
    owasp="API4:2023",
    cwe=770,
)
async def size(lab: Lab) -> AsyncIterator[Observation]:
    """A file of the declared size is accepted, and one byte more is refused however it is sent."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.resources_with("create"):
        limit = resource.spec.max_upload
        if limit is None:
            continue
        operation = resource.operation("create")
        control = await _sent(lab, resource, user, limit)
        if not control.ok:
            sentence = f"a file of exactly {limit} bytes is answered {status_of(control)}"
            yield inconclusive(operation, "no-control", sentence, control, operation=operation)
            continue
        for how in ("announced", "in chunks", "as another type", "compressed"):
            exchange = await _sent(lab, resource, user, limit + 1, how)
            yield _judge(operation, how, limit, exchange, control)


async def _sent(lab: Lab, resource: BoundResource, user: Identity, length: int, how: str = "") -> Exchange:
    valid, _ = await resource.creation(user, resource.mark(user))
    content = (b"harness fills this line with words \n" * (length // 36 + 1))[:length]
    kind, chunked = "application/octet-stream" if how == "as another type" else "text/plain", how == "in chunks"
    request = with_file(valid, filename="large.txt", media_type=kind, content=content) or valid
    request = compressed(request) if how == "compressed" else request
    exchange = await attempt(lab, user, in_chunks(request) if chunked else request, raw=chunked)
    await resource.keep(user, exchange)
    return exchange


def in_chunks(request: Request) -> Request:
    """Return the request with its body in the chunked coding (RFC 9112, section 7.1), its length nowhere announced."""
    parts = [request.body[start : start + CHUNK] for start in range(0, len(request.body), CHUNK)]
    coded = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    return replace(request, headers=(*request.headers, ("Transfer-Encoding", "chunked")), body=coded)


def compressed(request: Request) -> Request:
    """Return the request with its body compressed (RFC 9110, section 8.4), which is small until it is unpacked."""
    headers = (*request.headers, ("Content-Encoding", "gzip"))
    return replace(request, headers=headers, body=gzip.compress(request.body))


def _judge(operation: str, how: str, limit: int, exchange: Exchange, control: Exchange) -> Observation:
    subject, about = f"{operation}: {how}", {"operation": operation}
    what = f"a file of {limit + 1} bytes, {how},"
    if exchange.ok:
        return failed(
            subject, f"{what} is accepted ({exchange.status}); at most {limit} are declared", control, exchange, **about
        )
    if exchange.response is not None and exchange.response.is_failure:
        sentence = f"{what} is answered {exchange.status}"
        return failed(subject, sentence, control, exchange, severity=Severity.MEDIUM, **about)
    return passed(
        subject, f"{what} is refused ({status_of(exchange)}); one of {limit} is accepted", control, exchange, **about
    )
