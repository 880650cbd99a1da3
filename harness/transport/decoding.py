"""Content codings, undone with a bound, so that a small body cannot become a large one."""

from __future__ import annotations

import zlib

LIMIT = 1 << 20
_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}


def decode(body: bytes, coding: str | None, limit: int = LIMIT) -> tuple[bytes, bool]:
    """Return at most `limit` decoded bytes, and whether anything was cut off or could not be decoded."""
    window = _WINDOW.get((coding or "identity").strip().lower())
    if window is None:
        return body[:limit], len(body) > limit
    inflater = zlib.decompressobj(window)
    try:
        decoded = inflater.decompress(body, limit)
    except zlib.error:
        if window != zlib.MAX_WBITS:
            return body[:limit], True
        return decode_raw_deflate(body, limit)
    return decoded, bool(inflater.unconsumed_tail)


def decode_raw_deflate(body: bytes, limit: int) -> tuple[bytes, bool]:
    """Undo a deflate without its zlib frame, which some servers send (RFC 9110, section 8.4.1.2)."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        decoded = inflater.decompress(body, limit)
    except zlib.error:
        return body[:limit], True
    return decoded, bool(inflater.unconsumed_tail)
