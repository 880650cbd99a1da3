"""Unrestricted upload of a file with a dangerous type (CWE-434): content that is not what its name and header say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.validation._input import attempt, judge, ordinary, with_file
from harness.expect import failed, skipped
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Observation

ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\x3e\x00\x01\x00\x00\x00" + bytes(200)
PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
ZIP = b"PK\x03\x04\x14\x00\x00\x00\x00\x00" + bytes(40) + b"PK\x05\x06" + bytes(18)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LIES = (
    ("a program named as text", "note.txt", "text/plain", ELF),
    ("a program named as PDF", "note.pdf", "application/pdf", ELF),
    ("a page named as an image", "note.png", "image/png", PAGE),
    ("a page named as PDF", "note.pdf", "application/pdf", PAGE),
    ("an archive named as an image", "note.png", "image/png", ZIP),
    ("an archive named as a text document", "note.docx", DOCX, ZIP),
    ("a program as an unknown type", "note.bin", "application/octet-stream", ELF),
)


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
    tried = 0
    for resource in lab.resources_with("create"):
        if not _restricted(lab, resource):
            continue
        operation, control = resource.operation("create"), await ordinary(lab, resource, user)
        for what, filename, kind, content in LIES:
            valid, _ = await resource.creation(user, resource.mark(user))
            request = with_file(valid, filename=filename, media_type=kind, content=content)
            if request is None:
                break
            tried += 1
            exchange = await attempt(lab, user, request)
            await resource.keep(user, exchange)
            if exchange.ok:
                sentence = f"{operation} accepts {what} ({filename}, {kind})"
                yield failed(f"{operation}: {what}", sentence, control, exchange, operation=operation)
            else:
                yield judge(f"{operation}: {what}", f"{what} at {operation}", exchange, control, operation)
    if not tried:
        yield skipped(
            "uploads", "not-applicable", "no upload of the scenario restricts the type of its files (declares 415)"
        )


def _restricted(lab: Lab, resource: BoundResource) -> bool:
    """Whether the operation takes files and declares that it refuses some types."""
    operation = lab.operation(resource.operation("create"))
    return operation is not None and any(each.status == "415" for each in operation.responses)
