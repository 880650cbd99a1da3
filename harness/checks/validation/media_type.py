"""Unrestricted upload of a file with a dangerous type (CWE-434): content that is not what its name and header say.

Whether a page may be uploaded as text is for the service to say. One that refuses it must also refuse it behind a byte
order mark or white space, which browsers pass over when they look for pages (WHATWG MIME Sniffing, section 7.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.validation._input import attempt, judge, ordinary, with_file
from harness.expect import failed, refusal, skipped
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Exchange, Identity, Observation

ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\x3e\x00\x01\x00\x00\x00" + bytes(200)
PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
ZIP = b"PK\x03\x04\x14\x00\x00\x00\x00\x00" + bytes(40) + b"PK\x05\x06" + bytes(18)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LIES = (
    ("a program named as text", "note.txt", "text/plain", ELF),
    ("a program named as PDF", "note.pdf", "application/pdf", ELF),
    ("a page named as an image", "note.png", "image/png", PAGE),
    ("a page named as PDF", "note.pdf", "application/pdf", PAGE),
    ("a page behind half a signature of a PNG", "note.png", "image/png", b"\x89PNG" + PAGE),
    ("a page with the mark of a PDF in a comment", "note.pdf", "application/pdf", b"<!-- %PDF-1.4 -->" + PAGE),
    ("an archive named as an image", "note.png", "image/png", ZIP),
    ("an archive named as a text document", "note.docx", DOCX, ZIP),
    ("a program as an unknown type", "note.bin", "application/octet-stream", ELF),
)
IN_FRONT = (("a byte order mark", b"\xef\xbb\xbf"), ("white space", b"\n\t "))


@check(
    severity=Severity.MEDIUM,
    catches=["validation.media-type"],
    needs=Needs(operations=("create",), features=("document", "uploads")),
    owasp="API8:2023",
    cwe=434,
)
async def media_type(lab: Lab) -> AsyncIterator[Observation]:
    """A file is judged by its content, not by its name or the header that comes with it."""
    user = await lab.user(lab.session.introductions.names[0])
    tried = False
    for resource in lab.resources_with("create"):
        if not _restricted(lab, resource):
            continue
        operation, control = resource.operation("create"), await ordinary(lab, resource, user)
        for what, filename, kind, content in LIES:
            exchange = await _sent(resource, user, filename, kind, content)
            if exchange is None:
                break
            tried = True
            yield _judge(f"{operation}: {what}", f"{what} ({filename}, {kind})", exchange, control, operation)
        page = await _sent(resource, user, "note.txt", "text/plain", PAGE)
        if page is not None and refusal(page):
            for name, before in IN_FRONT:
                exchange = await _sent(resource, user, "note.txt", "text/plain", before + PAGE) or page
                what = f"a page behind {name}"
                told = f"{what}, which it refuses without that,"
                yield _judge(f"{operation}: {what}", told, exchange, page, operation)
    if not tried:
        yield skipped(
            "uploads", "not-applicable", "no upload of the scenario restricts the type of its files (declares 415)"
        )


async def _sent(resource: BoundResource, user: Identity, filename: str, kind: str, content: bytes) -> Exchange | None:
    """Upload a file in place of the scenario's; None where that uploads none."""
    valid, _ = await resource.creation(user, resource.mark(user))
    request = with_file(valid, filename=filename, media_type=kind, content=content)
    if request is None:
        return None
    exchange = await attempt(resource.lab, user, request)
    await resource.keep(user, exchange)
    return exchange


def _judge(subject: str, what: str, exchange: Exchange, control: Exchange, operation: str) -> Observation:
    if exchange.ok:
        return failed(subject, f"{operation} accepts {what}", control, exchange, operation=operation)
    return judge(subject, f"{what} at {operation}", exchange, control, operation)


def _restricted(lab: Lab, resource: BoundResource) -> bool:
    """Whether the operation takes files and declares that it refuses some types."""
    operation = lab.operation(resource.operation("create"))
    return operation is not None and any(each.status == "415" for each in operation.responses)
