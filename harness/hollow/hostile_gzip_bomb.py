"""Sends a quarter of a megabyte that unpacks to a quarter of a gigabyte."""

from __future__ import annotations

import functools
import zlib
from typing import TYPE_CHECKING

from harness.hollow._http import Answer, Asked

if TYPE_CHECKING:
    from harness.hollow._world import World

MEBIBYTES = 256
GZIP = 31


def answer(_: Asked, world: World) -> Answer:  # noqa: ARG001 -- every target has this signature
    """Hand over a small parcel."""
    return Answer(headers=(("Content-Type", "application/json"), ("Content-Encoding", "gzip")), body=_bomb())


@functools.cache
def _bomb() -> bytes:
    packer = zlib.compressobj(wbits=GZIP)
    blanks = b" " * 2**20
    return b"".join(packer.compress(blanks) for _ in range(MEBIBYTES)) + packer.flush()
