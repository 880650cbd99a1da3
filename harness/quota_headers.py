"""What headers say of a quota: plain numbers, lists as in early drafts, and structured fields.

Earlier drafts have `RateLimit-Limit: 10, 10;w=1` or `RateLimit: limit=10, remaining=9, reset=1`, later ones
`RateLimit: "a";r=9;t=1` beside `RateLimit-Policy: "a";q=10;w=1` (draft-ietf-httpapi-ratelimit-headers).
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from harness.model import Exchange

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


def asked_to_wait(exchange: Exchange) -> float | None:
    """Return the seconds that an answer asks to wait, as a number or as a date (RFC 9110 section 10.2.3), else None."""
    said = (exchange.response.header("Retry-After") if exchange.response is not None else None) or ""
    try:
        seconds = told(said, "reset")
        if seconds is not None:
            return seconds
        return max(0.0, parsedate_to_datetime(said).timestamp() - exchange.at)
    except ValueError:
        return None
