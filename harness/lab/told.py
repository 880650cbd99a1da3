"""What headers say of a quota: plain numbers, lists as in early drafts, and structured fields.

Earlier drafts have `RateLimit-Limit: 10, 10;w=1` or `RateLimit: limit=10, remaining=9, reset=1`, later ones
`RateLimit: "a";r=9;t=1` beside `RateLimit-Policy: "a";q=10;w=1` (draft-ietf-httpapi-ratelimit-headers).
"""

from __future__ import annotations

import re
from typing import Literal

Part = Literal["limit", "remaining", "reset"]
PLAIN = re.compile(r"(\d+)\s*(?:$|[,;])", re.ASCII)
NAMED: dict[Part, re.Pattern[str]] = {
    "limit": re.compile(r"(?:^|[;,\s])(?:q|limit)\s*=\s*(\d+)", re.ASCII),
    "remaining": re.compile(r"(?:^|[;,\s])(?:r|remaining)\s*=\s*(\d+)", re.ASCII),
    "reset": re.compile(r"(?:^|[;,\s])(?:t|reset)\s*=\s*(\d+)", re.ASCII),
}


def told(value: str, part: Part) -> int | None:
    """Return the whole number that a header says of that part, None where it says none."""
    found = PLAIN.match(value.strip()) or NAMED[part].search(value)
    return int(found[1]) if found else None
