"""Bodies come in chunks, and compressed to whoever accepts that."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.calibrate.benign._base import Variant
from harness.calibrate.middle import Asked, Middle
from harness.transport.framing import BODILESS, serialise_response

if TYPE_CHECKING:
    from harness.model import Response

PIECE = 100


class Packing(Middle):
    """A proxy that compresses, and cannot say beforehand how long it will be."""

    async def tell(self, asked: Asked, response: Response) -> bytes:
        """Compress where that is wanted, and cut into chunks."""
        if asked.method == "HEAD" or response.status in BODILESS:
            return await super().tell(asked, response)
        body, said = response.body, [("Transfer-Encoding", "chunked")]
        if body and "gzip" in (asked.header("Accept-Encoding") or ""):
            body, said = gzip.compress(body), [*said, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        head = serialise_response(replace(response, headers=_unsized(response), body=b""), "HEAD")
        lines = "".join(f"{name}: {value}\r\n" for name, value in said).encode()
        pieces = [body[start : start + PIECE] for start in range(0, len(body), PIECE)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
        return head.removesuffix(b"\r\n") + lines + b"\r\n" + chunks + b"0\r\n\r\n"


def _unsized(response: Response) -> tuple[tuple[str, str], ...]:
    dropped = {"content-length", "content-encoding"}
    return tuple((name, value) for name, value in response.headers if name.lower() not in dropped)


VARIANT = Variant(title="Chunked and gzip responses", middle=lambda _scenario: Packing())
